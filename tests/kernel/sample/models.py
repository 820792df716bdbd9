from django.db import models

from essaim.kernel.models import StoredFile
from essaim.kernel.workflow import state_constraint


class PaperState(models.TextChoices):
    """Where a paper is."""

    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publié"
    WITHDRAWN = "withdrawn", "Retiré"


class Paper(models.Model):
    """A text that is written, then published or withdrawn."""

    State = PaperState

    title = models.CharField(max_length=100)
    state = models.CharField(max_length=20, choices=PaperState.choices, default=PaperState.DRAFT)
    owner = models.ForeignKey("accounts.Person", models.SET_NULL, null=True)
    attachment = models.ForeignKey(StoredFile, models.PROTECT, null=True)
    notes = models.IntegerField(default=0)

    class Meta:
        constraints = [state_constraint(PaperState, "sample_paper_state")]

    def __str__(self):
        return self.title


class Leaf(models.Model):
    """Another thing that can hold files."""

    files = models.ManyToManyField(StoredFile)

    def __str__(self):
        return str(self.pk)
