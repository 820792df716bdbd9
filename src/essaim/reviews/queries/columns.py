"""The columns of the officers' list: each once, for the page and for the file one downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from essaim.applications.queries import legal_clock
from essaim.ui.formats import day, money, percent


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row shows in a column: a text, the level of its badge ("" for none), and what a spreadsheet holds."""

    text: str
    value: Any
    level: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in the address, its title, how a file is shown in it, how the list is ordered by it."""

    key: str
    label: Any
    cell: Callable[[Any, datetime], Cell]
    order: tuple[str, ...] = ()
    numeric: bool = False


LEVELS = {
    "filed": "new", "admissible": "success", "inadmissible": "error", "ineligible": "error", "funded": "success",
}  # fmt: skip


def _said(text: Any) -> Cell:
    return Cell(str(text or ""), str(text or ""))


def _money(cents: int) -> Cell:
    return Cell(money(cents), Decimal(cents) / 100)


def _rate(file: Any) -> Cell:
    if not file.cost_cents:
        return Cell("–", "")
    share = Fraction(file.requested_cents, file.cost_cents)
    return Cell(percent(share), Decimal(round(share * 10_000)) / 10_000)


def _state(file: Any) -> Cell:
    return Cell(file.get_state_display(), file.get_state_display(), LEVELS.get(file.state, "neutral"))


def _rules(file: Any) -> Cell:
    """What the rules said of the latest filing."""
    if file.unmet_blocking is None:
        return Cell(_("à calculer"), "", "neutral")
    if file.unmet_blocking:
        count = file.unmet_blocking
        text = ngettext("%(n)d bloquante", "%(n)d bloquantes", count) % {"n": count}
        return Cell(text, count, "error")
    if file.unmet_other:
        text = ngettext("%(n)d à apprécier", "%(n)d à apprécier", file.unmet_other) % {"n": file.unmet_other}
        return Cell(text, 0, "warning")
    return Cell(_("respectées"), 0, "success")


def _lacking(file: Any) -> Cell:
    count = file.documents_lacking
    if count is None:
        return Cell("–", "")
    if not count:
        return Cell(_("complètes"), 0)
    return Cell(ngettext("%(n)d manque", "%(n)d manquent", count) % {"n": count}, count, "warning")


def _filed(file: Any) -> Cell:
    local = file.filed_at.astimezone(ZoneInfo(file.call.zone))
    return Cell(f"{local:%d/%m/%Y %H:%M}", file.filed_at)


def _handler(file: Any) -> Cell:
    handling = getattr(file, "handling", None)
    return _said(handling.person if handling else "")


def _request(file: Any, at: datetime) -> Cell:
    """The latest request for completion, and when its answer is due."""
    requests = sorted(file.completion_requests.all(), key=lambda row: row.number)
    if not requests:
        return Cell("", "")
    last = requests[-1]
    due = last.due_at.astimezone(ZoneInfo(file.call.zone)).date()
    if last.state == "asked":
        late = at > last.due_at
        text = _("délai passé le %(day)s") if late else _("attendu le %(day)s")
        return Cell(text % {"day": f"{due:%d/%m/%Y}"}, due, "error" if late else "info")
    return Cell(last.get_state_display().lower(), last.get_state_display(), "warning" if last.state == "lapsed" else "")


def _unread(file: Any) -> Cell:
    if not file.unread:
        return Cell("", 0)
    return Cell(ngettext("%(n)d non lu", "%(n)d non lus", file.unread) % {"n": file.unread}, file.unread, "info")


def _reviews(file: Any) -> Cell:
    text = f"{file.reviewed}/{file.given}" if file.given else "–"
    return Cell(text, text)


def _silence(file: Any, at: datetime) -> Cell:
    clock = legal_clock(file, at=at)
    if clock is None or clock.stopped:
        return Cell("", "")
    text = f"{clock.silence:%d/%m/%Y}"
    if clock.suspended:
        text = _("suspendu, %(day)s au plus tard") % {"day": text}
    return Cell(text, clock.silence, "error" if clock.passed else "")


def _words(file: Any) -> Cell:
    return _said(", ".join(sorted(tag.word for tag in file.tags.all())))


def _arrival(file: Any) -> Cell:
    paper = getattr(file, "paper_arrival", None)
    if paper is not None:
        return _said(paper.get_channel_display())
    return _said(_("en ligne, en retard") if file.filed_at > file.call.closes_at else _("en ligne"))


COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("projet", gettext_lazy("Projet"), lambda f, at: _said(f.title), ("title",)),
        Column("organisme", gettext_lazy("Organisme"), lambda f, at: _said(f.organisation), ("organisation__name",)),
        Column("region", gettext_lazy("Région"), lambda f, at: _said(f.region_name), ("region_name",)),
        Column("departement", gettext_lazy("Département"), lambda f, at: _said(f.department_name)),
        Column("commune", gettext_lazy("Commune"), lambda f, at: _said(f.commune_name)),
        Column("cout", gettext_lazy("Coût"), lambda f, at: _money(f.cost_cents), ("-cost_cents",), True),
        Column(
            "aide", gettext_lazy("Aide demandée"), lambda f, at: _money(f.requested_cents), ("-requested_cents",), True
        ),
        Column("taux", gettext_lazy("Part de l’aide"), lambda f, at: _rate(f), (), True),
        Column("etat", gettext_lazy("État"), lambda f, at: _state(f), ("state",)),
        Column("regles", gettext_lazy("Règles"), lambda f, at: _rules(f), ("-unmet_blocking", "-unmet_other")),
        Column("pieces", gettext_lazy("Pièces"), lambda f, at: _lacking(f), ("-documents_lacking",)),
        Column("depot", gettext_lazy("Déposé le"), lambda f, at: _filed(f), ("filed_at",)),
        Column("suivi", gettext_lazy("Suivi par"), lambda f, at: _handler(f), ("handling__person__name",)),
        Column("complement", gettext_lazy("Complément"), _request),
        Column("messages", gettext_lazy("Messages"), lambda f, at: _unread(f)),
        Column("silence", gettext_lazy("Silence vaut rejet le"), _silence),
        Column("etiquettes", gettext_lazy("Étiquettes"), lambda f, at: _words(f)),
        Column("arrivee", gettext_lazy("Arrivée"), lambda f, at: _arrival(f)),
        Column("expertises", gettext_lazy("Expertises"), lambda f, at: _reviews(f), (), True),
        Column("motif", gettext_lazy("Motif"), lambda f, at: _said(f.admissibility_reason)),
        Column("invente", gettext_lazy("Inventé"), lambda f, at: Cell(_("oui") if f.invented else "", f.invented)),
    )
}
SHOWN = ("projet", "region", "aide", "etat", "regles", "depot", "suivi", "complement", "messages")
ORDERS = {"numero": ("number",), **{key: (*column.order, "number") for key, column in COLUMNS.items() if column.order}}


def columns_of(keys: Iterable[str]) -> list[Column]:
    """The columns asked for, in their own order; the usual ones when none is."""
    wanted = [key for key in keys if key in COLUMNS] or SHOWN
    return [column for key, column in COLUMNS.items() if key in wanted]


def table_of(files: Iterable[Any], columns: list[Column], *, at: datetime) -> tuple[list[str], list[list[Any]]]:
    """Headers and rows for a spreadsheet: the number, then exactly these columns."""
    headers = [_("Numéro"), *(str(column.label) for column in columns)]
    return headers, [[file.reference, *(column.cell(file, at).value for column in columns)] for file in files]


def due_day(request: Any) -> str:
    """The last day to answer a request, in words."""
    return day(request.due_at.astimezone(ZoneInfo(request.application.call.zone)).date())
