"""Rooms of the call's own content: its texts, its dates, its service, territory and categories."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.calls.forms import rooms as entries
from essaim.calls.forms.entries import with_zone
from essaim.calls.models import CallState
from essaim.calls.queries.editing import coded
from essaim.calls.views.editor.rooms import ROOMS, Item, item_page, opened
from essaim.places.models import Region


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: HttpRequest, slug: str) -> HttpResponse:
    """The texts of the call's page and those the law asks, French and English side by side."""
    groups = entries.CALL_TEXTS
    item = Item(room="texts", part="call", title=str(ROOMS["texts"]), groups=groups, read=_texts_of, put=_put_texts)
    return item_page(request, opened(request, slug), item)


TEXT_KEYS = ("title", "summary", "purpose", "who", "how_much", "spending", "commitments")
SAID = ("silence", "appeal", "late")


def _texts_of(part: dict[str, Any]) -> dict[str, Any]:
    """Only what this page writes: someone may change the dates meanwhile."""
    said = {name: {"text": (part.get(name) or {}).get("text", {})} for name in SAID}
    return {**{name: part.get(name, {}) for name in TEXT_KEYS}, **said}


def _put_texts(part: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in part.items() if key not in TEXT_KEYS}
    written = {key: item[key] for key in TEXT_KEYS if item.get(key)}
    for name in SAID:
        text = (item.get(name) or {}).get("text", {})
        kept[name] = {**(part.get(name) or {}), "text": text}
    return {**kept, **written}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request: HttpRequest, slug: str) -> HttpResponse:
    """When it opens and closes, in its zone, and the days announced after."""
    edition = opened(request, slug)
    draft = edition.call.state == CallState.DRAFT
    item = Item(
        room="dates",
        part="call",
        title=str(ROOMS["dates"]),
        groups=entries.dates(closing=draft),
        read=lambda part: {key: part[key] for key in ("period", "calendar") if key in part},
        put=lambda part, item: {**{k: v for k, v in part.items() if k not in {"period", "calendar"}}, **item},
        finish=_with_zone,
    )
    return item_page(request, edition, item, closing_elsewhere=not draft)


def _with_zone(written: dict[str, Any]) -> None:
    written.setdefault("period", {})
    with_zone(written)
    opens, closes = (str(written["period"].get(key) or "") for key in ("opens_at", "closes_at"))
    if opens and closes and _instant(closes) <= _instant(opens):
        raise ValidationError(_("La clôture doit être après l’ouverture : corrigez les dates."))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """Who answers for the call, where, on what, and the kinds of spending."""
    keys = ("service", "reference", "silence", "appeal", "reviews", "agreement", "territory", "themes", "category")
    regions = list(Region.objects.in_force().order_by("name").values_list("code", "name"))
    item = Item(
        room="frame",
        part="call",
        title=str(ROOMS["frame"]),
        groups=entries.frame(regions),
        read=lambda part: {key: part[key] for key in keys if key in part},
        put=lambda part, item: {**{k: v for k, v in part.items() if k not in keys}, **item},
        finish=_code_categories,
    )
    return item_page(request, opened(request, slug), item)


def _code_categories(written: dict[str, Any]) -> None:
    """A category without a code takes it from its name."""
    rows = [{**row, "label": row.get("title", {})} for row in written.get("category", [])]
    named = [{key: value for key, value in row.items() if key != "label"} for row in coded(rows)]
    if named:
        written["category"] = named
