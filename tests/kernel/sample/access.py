from essaim.kernel import access
from tests.kernel.sample.models import Paper

access.declare_roles(editor="rédacteur", system="le système")
access.declare(
    Paper,
    roles=lambda user, paper: frozenset({"editor"} if paper.owner_id and paper.owner_id == user.pk else set()),
    visible_to=lambda user: Paper.objects.filter(owner_id=user.pk),
)
