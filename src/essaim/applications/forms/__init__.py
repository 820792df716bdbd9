"""The pages' forms, one file a subject: answers, financing plan."""

from essaim.applications.forms.answers import PlaceForm, StartForm, seen_in
from essaim.applications.forms.plan import CostForm, FundingForm, LineForm, LineSet
from essaim.applications.forms.questions import Control, controls, typed_answers

__all__ = [
    "Control",
    "CostForm",
    "FundingForm",
    "LineForm",
    "LineSet",
    "PlaceForm",
    "StartForm",
    "controls",
    "seen_in",
    "typed_answers",
]
