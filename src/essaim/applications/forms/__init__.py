"""The pages' forms, one file a subject: answers, financing plan."""

from essaim.applications.forms.answers import AnswersForm, PlaceForm, StartForm, seen_in, shown, typed_answers
from essaim.applications.forms.plan import CostForm, FundingForm, LineForm, LineSet

__all__ = [
    "AnswersForm",
    "CostForm",
    "FundingForm",
    "LineForm",
    "LineSet",
    "PlaceForm",
    "StartForm",
    "seen_in",
    "shown",
    "typed_answers",
]
