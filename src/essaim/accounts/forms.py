"""What people type about themselves and their organisations."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from essaim.accounts.identifiers import clean_rna, clean_siret
from essaim.accounts.models import Membership, Organisation, Person, VaultDocument

DATES = ["%d/%m/%Y", "%Y-%m-%d"]
NOT_A_DATE = _("Écrivez une date complète, par exemple 01/12/2026.")


class SignInForm(RequestLoginCodeForm):
    """One field: the address. The same for a first visit and for the hundredth."""

    email = forms.EmailField(
        label=_("Votre adresse électronique"),
        help_text=_("Nous y envoyons un code à 6 chiffres. À la première visite, le compte est créé."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Écrivez votre adresse électronique."),
            "invalid": _("Écrivez une adresse complète, par exemple camille@exemple.fr."),
        },
    )


class PlainHelp:
    """Says in one sentence what allauth says with a list and a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = _("Au moins 12 caractères.") if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)


class PasswordSignInForm(PlainHelp, LoginForm):
    """Address and password."""


class SayAgainForm(PlainHelp, ReauthenticateForm):
    """The password again."""


class ChoosePasswordForm(PlainHelp, SetPasswordForm):
    """A first password."""


class ReplacePasswordForm(PlainHelp, ChangePasswordForm):
    """A new password, knowing the old one."""


class RecoverPasswordForm(PlainHelp, ResetPasswordKeyForm):
    """A new password, after a code."""


class ProfileForm(forms.ModelForm):
    """How one is named, and in which language the site speaks."""

    class Meta:
        model = Person
        fields = ("name", "language")
        labels = {"name": _("Prénom et nom")}
        help_texts = {"name": _("Tel que vos collègues et l’équipe des programmes le verront.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class OrganisationForm(forms.ModelForm):
    """What an organisation says of itself; numbers are checked by their keys, offline."""

    class Meta:
        model = Organisation
        fields = (
            "name", "kind", "siret", "rna", "register_number", "address", "commune_code", "email", "phone",
        )  # fmt: skip
        help_texts = {
            "siret": _("14 chiffres, vérifiés hors ligne par leur clé. Par exemple : 732 829 320 00074."),
            "rna": _("Pour une association : W suivi de 9 chiffres, par exemple W751234567."),
            "register_number": _("Pour une association d’Alsace ou de Moselle."),
            "address": _("Numéro, voie, code postal et ville."),
            "commune_code": _("Code INSEE de la commune, 5 caractères : 75056 pour Paris."),
            "email": _("Adresse de l’organisme, différente de la vôtre s’il en a une."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "address": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    # People copy numbers with their spaces: the form takes them, the database keeps digits.
    siret = forms.CharField(label=_("SIRET"), max_length=40, required=False)
    rna = forms.CharField(label=_("Numéro RNA"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("siret", "rna"):
            self.fields[name].help_text = self.Meta.help_texts[name]

    def clean_siret(self) -> str:
        """14 digits, the key right."""
        return clean_siret(self.cleaned_data["siret"])

    def clean_rna(self) -> str:
        """W and 9 characters."""
        return clean_rna(self.cleaned_data["rna"])

    def _get_validation_exclusions(self) -> set[str]:
        # A number already taken is refused by the action, with a sentence that says whom to ask.
        return super()._get_validation_exclusions() | {"siret", "rna"}


class InvitationForm(forms.Form):
    """Whom to invite, for what."""

    email = forms.EmailField(
        label=_("Adresse électronique"),
        help_text=_("La personne reçoit un lien, valable 14 jours et une seule fois."),
        error_messages={
            "required": _("Écrivez l’adresse de la personne à inviter."),
            "invalid": _("Écrivez une adresse complète, par exemple camille@exemple.fr."),
        },
    )
    role = forms.ChoiceField(label=_("Rôle"), choices=Membership.Role.choices, initial=Membership.Role.EDITOR)


class RoleForm(forms.Form):
    """A member's new role."""

    role = forms.ChoiceField(label=_("Rôle"), choices=Membership.Role.choices)


class CloseAccountForm(forms.Form):
    """Closing is confirmed by writing one's own address."""

    email = forms.EmailField(label=_("Recopiez votre adresse électronique pour confirmer"))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        """The person's own address."""
        if self.cleaned_data["email"].lower() != self.person.email.lower():
            raise ValidationError(_("Ce n’est pas l’adresse de ce compte : recopiez-la telle qu’elle est affichée."))
        return self.cleaned_data["email"]


class VaultDatesForm(forms.Form):
    """From when and until when a document is worth something."""

    valid_from = forms.DateField(
        label=_("Valable à partir du"),
        required=False,
        input_formats=DATES,
        help_text=_("Jour, mois, année, par exemple 01/12/2026."),
        widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={"invalid": NOT_A_DATE},
    )
    valid_until = forms.DateField(
        label=_("Valable jusqu’au"),
        required=False,
        input_formats=DATES,
        widget=forms.DateInput(format="%d/%m/%Y"),
        error_messages={"invalid": NOT_A_DATE},
    )


class VaultVersionForm(VaultDatesForm):
    """A newer version of a document."""

    file = forms.FileField(
        label=_("Fichier"),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Le fichier est vide (0 octet) : choisissez-en un autre."),
        },
    )
    field_order = ["kind", "title", "file"]


class VaultForm(VaultVersionForm):
    """A document to keep."""

    kind = forms.ChoiceField(label=_("Nature"), choices=[("", _("Choisir…")), *VaultDocument.Kind.choices])
    title = forms.CharField(
        label=_("Précision"),
        required=False,
        max_length=120,
        help_text=_("Si l’organisme en a plusieurs de cette nature, par exemple « exercice 2025 »."),
    )
