"""Small things said in a word: icons, badges, buttons, figures, fingerprints."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from essaim.ui.tags import one_of

register = template.Library()

BADGES = {"success": "check", "info": "info", "warning": "alert", "error": "cross", "new": "star", "neutral": "hex"}
BUTTONS = {"primary": "", "secondary": " fr-btn--secondary", "quiet": " fr-btn--tertiary", "danger": " es-btn--danger"}


@register.inclusion_tag("ui/components/icon.html")
def icon(*, name: str, label: str = "") -> dict[str, Any]:
    """A drawn icon; decorative unless `label` names it."""
    return {"name": name, "label": label}


@register.inclusion_tag("ui/components/badge.html")
def badge(*, text: str, level: str = "neutral", icon: str = "") -> dict[str, Any]:
    """A state in a word, with an icon: colour never speaks alone."""
    return {"text": text, "level": one_of(level, BADGES, "level"), "icon": icon or BADGES[level]}


@register.inclusion_tag("ui/components/badge.html")
def invented(*, text: str = "") -> dict[str, Any]:
    """The mark every invented person, file or place carries on screen."""
    return {"text": text or _("Exemple inventé"), "level": "new", "icon": "flask"}


@register.inclusion_tag("ui/components/button.html")
def button(
    *,
    text: str,
    kind: str = "primary",
    icon: str = "",
    name: str = "",
    value: str = "",
    formaction: str = "",
    formnovalidate: bool = False,
    large: bool = False,
) -> dict[str, Any]:
    """A submit button of the form around it."""
    style = BUTTONS[one_of(kind, BUTTONS, "kind")] + (" fr-btn--lg" if large else "")
    return {
        "text": text,
        "style": style,
        "icon": icon,
        "name": name,
        "value": value,
        "formaction": formaction,
        "formnovalidate": formnovalidate,
    }


@register.inclusion_tag("ui/components/button_link.html")
def button_link(
    *, text: str, url: str, kind: str = "primary", icon: str = "", hint: str = "", large: bool = False
) -> dict[str, Any]:
    """A link that looks like a button: the way to the next page; `hint` completes it for screen readers."""
    style = BUTTONS[one_of(kind, BUTTONS, "kind")] + (" fr-btn--lg" if large else "")
    return {"text": text, "url": url, "style": style, "icon": icon, "hint": hint}


@register.inclusion_tag("ui/components/post_button.html", takes_context=True)
def post_button(
    context: template.Context,
    *,
    text: str,
    url: str,
    kind: str = "secondary",
    icon: str = "",
    name: str = "",
    value: str = "",
    hidden: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A one-button POST form with its CSRF token: a transition, a sign-out, anything that writes."""
    return {
        "text": text,
        "url": url,
        "style": BUTTONS[one_of(kind, BUTTONS, "kind")],
        "icon": icon,
        "name": name,
        "value": value,
        "hidden": hidden or {},
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("ui/components/download_link.html")
def download_link(*, text: str, url: str, detail: str = "") -> dict[str, Any]:
    """A file to take away; `detail` says its format and size (« CSV, 12 Ko »)."""
    return {"text": text, "url": url, "detail": detail}


@register.inclusion_tag("ui/components/figure_number.html")
def figure_number(*, value: str, label: str, detail: str = "", url: str = "") -> dict[str, Any]:
    """A key figure: the number as people read it, what it counts, and where it comes from."""
    return {"value": value, "label": label, "detail": detail, "url": url}


@register.inclusion_tag("ui/components/progress.html")
def progress(*, value: int, maximum: int, label: str, detail: str = "") -> dict[str, Any]:
    """How far a long work or a file has gone, in a bar and in words."""
    return {"value": value, "maximum": maximum, "label": label, "detail": detail or f"{value} / {maximum}"}


@register.simple_tag
def fingerprint(*, value: str) -> SafeString:
    """A SHA-256 in groups of eight, that can be compared by eye and copied whole."""
    groups = [value[start : start + 8] for start in range(0, len(value), 8)]
    inner = format_html("{}" + "<wbr>{}" * (len(groups) - 1), *groups) if groups else ""
    return format_html('<code class="es-fingerprint">{}</code>', inner)
