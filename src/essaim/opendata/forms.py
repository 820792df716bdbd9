"""The file people want verified."""

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST = 20 * 10**6


class VerifyForm(forms.Form):
    """One file, of a size that can be recomputed at once."""

    file = forms.FileField(
        label=gettext_lazy("Fichier à vérifier"),
        allow_empty_file=True,
        help_text=gettext_lazy("Un récépissé (.json), le certificat d’un scénario (.json) ou un registre (.jsonl)."),
        error_messages={"required": gettext_lazy("Choisissez le fichier à vérifier.")},
    )

    def clean_file(self) -> bytes:
        """Its bytes; it is not kept."""
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError(
                _("Ce fichier pèse %(size)s : la limite est de %(limit)s. Vérifiez-le par « essaim verify ».")
                % {"size": filesizeformat(given.size), "limit": filesizeformat(LARGEST)}
            )
        return bytes(given.read())
