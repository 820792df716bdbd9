"""Taking an answer back as it was."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.actions.about import set_place
from essaim.applications.actions.drafts import save_answers
from essaim.applications.models import AnswerVersion, Application
from essaim.kernel.workflow import Refused


def restore(application: Application, version: AnswerVersion, *, by: Person, at: datetime) -> None:
    """Take an answer back as it was; what it is now stays among its versions."""
    if version.application_id != application.pk:
        raise Refused(_("Cette version est celle d’un autre dossier."))
    if version.code == "place":
        set_place(application, **version.value, by=by, at=at)
        return
    try:
        saved = save_answers(
            application,
            {version.code: version.value},
            version=application.version,
            by=by,
            at=at,
            restored_from=version,
        )
    except KeyError:
        raise Refused(_("Cette question n’est plus dans le formulaire : copiez le texte à la main.")) from None
    if saved.conflicts:
        raise Refused(_("Quelqu’un vient d’écrire dans cette réponse : relisez, puis reprenez la version voulue."))
