"""The form of a message to the service."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ExchangeForm(forms.Form):
    """A message. `key` names the sending: the same one twice is one message."""

    text = forms.CharField(label=_("Votre message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
