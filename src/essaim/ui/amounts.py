"""The form field of an amount, typed as people type it, in cents once read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from essaim.engine import money as exact
from essaim.ui.formats import language


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
        if not text:
            return None
        try:
            return exact.parse_cents(text, language())
        except exact.MoneyError as error:
            raise forms.ValidationError(error.sentence(language()), code=error.code) from None

    def prepare_value(self, value: Any) -> Any:
        """Cents given as initial value, shown as an amount; what was typed, kept as typed."""
        if isinstance(value, int) and not isinstance(value, bool):
            return exact.format_eur(value, language()).replace("€", "").strip()
        return value
