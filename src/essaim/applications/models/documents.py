"""The files given for the documents a call asks for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from essaim.accounts.models import VaultVersion
from essaim.applications.models.application import Application
from essaim.kernel.models import StoredFile


class Document(models.Model):
    """A file given for one of the documents the call asks for."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    slot = models.CharField(_("pièce"), max_length=40)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("nom du fichier"), max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("ajouté le"))
    # Taken from the organisation's vault: the bytes are `file`'s for ever, whatever becomes of the vault.
    from_vault = models.ForeignKey(
        VaultVersion, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("repris du coffre")
    )
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("pièce")
        verbose_name_plural = _("pièces")
        ordering = ["application", "slot", "pk"]

    def __str__(self) -> str:
        return self.name
