from django.db.models import F

from essaim.kernel.workflow import Lifecycle, Refused, move
from tests.kernel.sample.models import Paper

State = Paper.State


def has_title(paper, *, by, at):
    """Le texte a un titre."""
    return None if paper.title else "Donnez un titre au texte avant de le publier."


def count(paper, *, by, at, **data):
    """One more effect, which a race must not repeat."""
    Paper.objects.filter(pk=paper.pk).update(notes=F("notes") + 1)
    if data.get("break_effect"):
        raise Refused("L’effet a échoué.")


PAPER = Lifecycle(
    Paper,
    State,
    (
        move(
            "publish",
            State.DRAFT,
            State.PUBLISHED,
            by=["editor", "system"],
            label="Publier",
            needs=[has_title],
            then=[count],
            public=("from", "to"),
        ),
        move("withdraw", State.PUBLISHED, State.WITHDRAWN, by="editor", label="Retirer", reason=True),
    ),
)
