"""The pages' forms, one file a subject: answers, financing plan."""

from essaim.applications.forms.answers import PlaceForm, StartForm, seen_in
from essaim.applications.forms.exchanges import ExchangeForm
from essaim.applications.forms.plan import Names, Row, read_row, rows_of, rows_sent
from essaim.applications.forms.questions import Control, controls, typed_answers

__all__ = [
    "Control",
    "ExchangeForm",
    "Names",
    "PlaceForm",
    "Row",
    "StartForm",
    "controls",
    "read_row",
    "rows_of",
    "rows_sent",
    "seen_in",
    "typed_answers",
]
