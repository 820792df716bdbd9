"""The form field of an amount, typed as people type it, in cents once read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.engine import money as exact
from essaim.ui.formats import language


def amount_cents(text: str, *, refused: type[Exception]) -> int:
    """The cents of an amount typed in the reader's language; raises `refused` with the sentence of what to write."""
    try:
        return exact.parse_cents(text, language())
    except exact.MoneyError as error:
        raise refused(error.sentence(language())) from None


def typed_amount(cents: int) -> str:
    """An amount as a person would type it: « 12 000,50 »."""
    return exact.format_eur(cents, language()).replace("€", "").strip()


class AmountField(forms.Field):
    """« 12 000,50 € », “12,000.50”, 12000: gives integer cents; the sentence of the refusal says what to write."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})
        )
        kwargs.setdefault("error_messages", {"required": _("Indiquez un montant, par exemple 12 000 €.")})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Integer cents, or None when empty."""
        text = str(value or "").strip()
        return amount_cents(text, refused=forms.ValidationError) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Cents given as initial value, shown as an amount; what was typed, kept as typed."""
        if isinstance(value, int) and not isinstance(value, bool):
            return typed_amount(value)
        return value
