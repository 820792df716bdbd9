"""Forms of the instruction, of the experts and of the grid: they validate what is typed, and nothing else."""

from essaim.reviews.forms.instruction import (
    BulkForm,
    ItemForm,
    PaperForm,
    RequestForm,
    TextForm,
    ViewForm,
)
from essaim.reviews.forms.listing import PAGE_SIZES, Choices, read_choices
from essaim.reviews.forms.reviewing import ConflictForm, DueDateForm, ExpertForm, ReasonForm, ReviewForm

__all__ = [
    "PAGE_SIZES",
    "BulkForm",
    "Choices",
    "ConflictForm",
    "DueDateForm",
    "ExpertForm",
    "ItemForm",
    "PaperForm",
    "ReasonForm",
    "RequestForm",
    "ReviewForm",
    "TextForm",
    "ViewForm",
    "read_choices",
]
