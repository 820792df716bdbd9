"""Forms: each field with its label, hint and error, and the summary of errors that leads to them."""

from collections.abc import Callable
from typing import Any

from django import forms, template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.ui.formats import number
from essaim.ui.tags.blocks import _block

register = template.Library()

DJANGO_REQUIRED = forms.Field.default_error_messages["required"]
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.SplitDateTimeWidget, forms.SelectDateWidget)


@register.inclusion_tag("ui/components/field.html")
def field(
    *,
    field: forms.BoundField,
    hint: str = "",
    suffix: str = "",
    label: str = "",
    compact: bool = False,
    mark_optional: bool = True,
) -> dict:
    """One field of a form: label, hint, control, errors, all tied together for screen readers.

    `suffix` is a unit shown after the control (« € »); `compact` hides the label from sight (in tables).
    `mark_optional=False` leaves out « (facultatif) », where nothing is compulsory.
    """
    widget = field.field.widget
    kind = _kind(widget)
    hint = hint or str(field.help_text or "")
    counter = counter_of(field)
    described = [f"{field.auto_id}_hint"] * bool(hint) + [f"{field.auto_id}_error"] * bool(field.errors)
    described += [f"{field.auto_id}_count"] * bool(counter)
    attrs = {"class": _control_class(kind)} if kind not in {"group", "check"} else {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if kind == "text" and isinstance(widget, forms.Textarea) and "rows" not in widget.attrs:
        attrs["rows"] = 5
    values = {"field": field, "kind": kind, "hint": hint, "suffix": suffix, "label": label or field.label}
    return {
        **values,
        "compact": compact,
        "mark_optional": mark_optional and not field.field.required,
        "control": field.as_widget(attrs=attrs),
        "sentences": sentences(field),
        "options": _options(field, kind, attrs),
        "counter": counter,
    }


def counter_of(field: forms.BoundField) -> dict[str, Any] | None:
    """What the counter under a text says, and the sentences ui/js/counter.js chooses from while one types.

    A text that is counted says its bounds in its control: `data-low` and `data-high`, 0 for none.
    """
    attrs = field.field.widget.attrs
    if "data-high" not in attrs:
        return None
    low, high = int(attrs["data-low"]), int(attrs["data-high"])
    length = len(str(field.value() or "").replace("\r\n", "\n").strip())
    said: dict[str, Callable[[int], str]] = {
        "short": lambda n: ngettext("Il manque {n} caractère.", "Il manque {n} caractères.", n),
        "over": lambda n: ngettext("{n} caractère de trop.", "{n} caractères de trop.", n),
        "left": lambda n: ngettext("Il reste {n} caractère.", "Il reste {n} caractères.", n),
    }
    kind, count = "left", high - length
    if length and length < low:
        kind, count = "short", low - length
    elif high and length > high:
        kind, count = "over", length - high
    now = "" if kind == "left" and not high else said[kind](count).replace("{n}", number(count))
    both = {f"{name}-{word}": say(n) for name, say in said.items() for word, n in (("one", 1), ("many", 2))}
    return {"now": now, "wrong": kind != "left", "sentences": both}


@register.inclusion_tag("ui/components/form_fields.html")
def form_fields(*, form: forms.BaseForm) -> dict[str, Any]:
    """Every field of a form, in order, hidden ones included."""
    return {"form": form}


@register.inclusion_tag("ui/components/form_errors.html")
def form_errors(*, form: forms.BaseForm, heading: int = 2, focus: bool = True) -> dict[str, Any]:
    """What is wrong in the whole form, each sentence a link to its field; nothing when all is well.

    `focus` moves the reading there when the page comes back refused.
    """
    found = [("", str(sentence)) for sentence in form.non_field_errors()]
    found += [(_anchor(form[name]), sentence) for name in form.fields for sentence in sentences(form[name])]
    return {"sentences": found, "count": len(found), "heading": heading, "focus": focus}


@register.simple_block_tag
def fieldset(content: SafeString, *, legend: str, hint: str = "") -> SafeString:
    """Fields that make sense together, under one legend."""
    return _block("fieldset", content, legend=legend, hint=hint)


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, GROUPS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    return "file" if isinstance(widget, forms.FileInput) else "text"


def _control_class(kind: str) -> str:
    return {"select": "fr-select", "file": "fr-upload"}.get(kind, "fr-input")


def _options(field: forms.BoundField, kind: str, attrs: dict[str, Any]) -> list[forms.boundfield.BoundWidget]:
    widget = field.field.widget
    if kind != "group" or not isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return []
    return list(field)


def _anchor(field: forms.BoundField) -> str:
    """The id of the control a summary's link goes to (the first choice of a group)."""
    if _kind(field.field.widget) == "group":
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


def sentences(field: forms.BoundField) -> list[str]:
    """What is wrong in a field, in sentences that say what to do: « Renseignez « Nom ». » for Django's own
    "This field is required." """
    return [
        _required(field) if error.code == "required" and error.message == DJANGO_REQUIRED else text
        for error in field.form.errors.as_data().get(field.name, [])
        for text in error.messages
    ]


def _required(field: forms.BoundField) -> str:
    kind = _kind(field.field.widget)
    if kind == "check":
        return _("Cochez « {label} » pour continuer.").format(label=field.label)
    if kind in {"group", "select"}:
        return _("Choisissez une réponse à « {label} ».").format(label=field.label)
    return _("Renseignez « {label} ».").format(label=field.label)
