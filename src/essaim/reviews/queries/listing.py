"""The officers' list: its filters, its order, and what each row needs, in as few statements whatever the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from essaim.applications.queries import legal_clock, sections_of
from essaim.applications.queries.form import Question

SOON = timedelta(days=7)
SILENCE_SOON = timedelta(days=15)

FINDINGS = {
    "sans": _("aucune objection des règles"),
    "bloquante": _("une règle bloquante n’est pas respectée"),
    "autre": _("une autre règle n’est pas respectée"),
    "pieces": _("une pièce obligatoire manque"),
}
REQUESTS = {
    "attente": _("en attente de la réponse"),
    "bientot": _("réponse attendue sous 7 jours"),
    "passee": _("délai passé sans réponse"),
    "repondue": _("répondue"),
    "aucune": _("aucune demande"),
}
MESSAGES = {"nonlus": _("non lus par le service"), "avec": _("au moins un message"), "sans": _("aucun message")}
HANDLERS = {"moi": _("mes dossiers"), "personne": _("à confier")}
ARRIVALS = {"tardif": _("déposé avec un code de retard"), "papier": _("reçu hors ligne")}
SILENCES = {"bientot": _("dans 15 jours ou moins"), "passee": _("passée")}


def region_field(*, of_2013: bool) -> str:
    """Where a file's region is, in the regions of the call's time."""
    return "commune__department__region_2013" if of_2013 else "commune__department__region"


def choice_questions(rule_set: Any) -> list[Question]:
    """The questions whose answer is one of a list: what one can filter by, themes among them."""
    return [
        question
        for section in sections_of(rule_set)
        for question in section.questions
        if question.type == "choice" and question.choices
    ]


def chosen_files(files: Any, chosen: Mapping[str, Any], *, user: Any, at: datetime, of_2013: bool) -> Any:
    """The files that match every filter given; `chosen` is what `forms.ListForm` reads from the address."""
    conditions = {
        "etat": lambda value: Q(state=value),
        "constats": _by_findings,
        "region": lambda value: Q(**{region_field(of_2013=of_2013): value}),
        "min": lambda value: Q(requested_cents__gte=value),
        "max": lambda value: Q(requested_cents__lte=value),
        "suivi": lambda value: _by_handler(value, user),
        "messages": _by_messages,
        "complement": lambda value: _by_request(value, at),
        "arrivee": _by_arrival,
        "etiquette": lambda value: Q(Exists(_of_file("Tag").filter(word=value))),
    }
    for name, condition in conditions.items():
        if (value := chosen.get(name)) not in (None, ""):
            files = files.filter(condition(value))
    for code, value in chosen.get("reponses", {}).items():
        files = files.filter(**{f"answers__{code}": value})
    if chosen.get("silence"):
        files = files.filter(pk__in=_silence_near(files, chosen["silence"], at))
    return files.search(chosen["q"]) if chosen.get("q") else files


def _of_file(model: str, app: str = "reviews") -> Any:
    return apps.get_model(app, model).objects.filter(application=OuterRef("pk"))


def _by_findings(value: str) -> Q:
    return {
        "sans": Q(unmet_blocking=0, documents_lacking=0),
        "bloquante": Q(unmet_blocking__gt=0),
        "autre": Q(unmet_other__gt=0),
        "pieces": Q(documents_lacking__gt=0),
    }[value]


def _by_handler(value: str, user: Any) -> Q:
    if value == "personne":
        return Q(handling=None)
    return Q(handling__person_id=user.pk if value == "moi" else int(value))


def _by_messages(value: str) -> Q:
    exchanges = _of_file("Exchange", "applications")
    if value == "nonlus":
        return Q(Exists(exchanges.filter(from_service=False, read_at=None)))
    return Q(Exists(exchanges)) if value == "avec" else ~Q(Exists(exchanges))


def _by_request(value: str, at: datetime) -> Q:
    requests = _of_file("CompletionRequest", "applications")
    waiting = requests.filter(state="asked", due_at__gte=at)
    return {
        "attente": lambda: Q(Exists(waiting)),
        "bientot": lambda: Q(Exists(waiting.filter(due_at__lte=at + SOON))),
        "passee": lambda: Q(Exists(requests.filter(Q(state="lapsed") | Q(state="asked", due_at__lt=at)))),
        "repondue": lambda: Q(Exists(requests.filter(state="answered"))),
        "aucune": lambda: ~Q(Exists(requests)),
    }[value]()


def _by_arrival(value: str) -> Q:
    if value == "papier":
        return Q(paper_arrival__isnull=False)
    return Q(filed_at__gt=F("call__closes_at"))


def _silence_near(files: Any, value: str, at: datetime) -> list[int]:
    """The files whose legal clock speaks soon or has spoken: computed, for a suspension moves the date."""
    found = files.filter(state__in=["filed", "admissible"]).select_related("call")
    near = []
    for application in found.only("filed_at", "state", "call").prefetch_related("completion_requests"):
        clock = legal_clock(application, at=at)
        today = at.astimezone(ZoneInfo(application.call.zone)).date()
        if clock and (
            clock.passed if value == "passee" else not clock.passed and clock.left(today) <= SILENCE_SOON.days
        ):
            near.append(application.pk)
    return near


# ---------------------------------------------------------------- what a page of rows needs


def rows_of(call: Any, keys: list[int], *, of_2013: bool) -> list[Any]:
    """The files of a page, in this order, with all that columns show: three statements, however many rows."""
    region = region_field(of_2013=of_2013)
    reviews = _of_file("Assignment").order_by().values("application")
    unread = _of_file("Exchange", "applications").filter(from_service=False, read_at=None).order_by()
    found = (
        apps.get_model("applications", "Application")
        .objects.filter(pk__in=keys)
        .select_related("organisation", "handling__person", "paper_arrival")
        .annotate(
            region_name=F(f"{region}__name_2013") if of_2013 else F(f"{region}__name"),
            department_name=F("commune__department__name"),
            commune_name=F("commune__name"),
            given=_count(reviews.filter(state__in=["assigned", "done"])),
            reviewed=_count(reviews.filter(state="done")),
            unread=_count(unread.values("application")),
        )
        .defer("answers", "touched")
        .prefetch_related("completion_requests", _words())
    )
    by_key = {application.pk: application for application in found}
    for application in by_key.values():
        application.call = call
    return [by_key[key] for key in keys]


def _count(rows: Any) -> Any:
    """How many rows of another table a file has, as a column of the same statement."""
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _words() -> Prefetch[Any]:
    tags: QuerySet[Any] = apps.get_model("reviews", "Tag").objects.only("application_id", "word")
    return Prefetch("tags", queryset=tags)


def state_and_region_counts(files: Any, *, of_2013: bool) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many files in each state, and in each region (`code`, `name`, `count`, by name), in one statement."""
    region = region_field(of_2013=of_2013)
    rows = (
        files.order_by()
        .values_list("state", region, f"{region}__name_2013" if of_2013 else f"{region}__name")
        .annotate(count=Count("pk"))
    )
    states: Counter[str] = Counter()
    regions: Counter[tuple[str, str]] = Counter()
    for state, code, name, count in rows:
        states[state] += count
        if code:
            regions[code, name] += count
    named = sorted(regions.items(), key=lambda row: row[0][1])
    return dict(states), [{"code": code, "name": name, "count": count} for (code, name), count in named]


def menus_of(call: Any) -> tuple[list[tuple[str, str]], list[str]]:
    """The officers one can give a file to (id, name), and the tags in use on a call's files, in one statement."""
    members = call.programme.team.filter(role="officer").order_by()
    people = members.values_list("person_id", "person__name")
    tags = apps.get_model("reviews", "Tag").objects.filter(application__call=call).order_by()
    words = tags.values_list(Value(0, output_field=BigIntegerField()), "word").distinct()
    rows = sorted(people.union(words), key=lambda row: (row[1].casefold(), row[0]))
    return [(str(key), name) for key, name in rows if key], [name for key, name in rows if not key]


def team_of(call: Any) -> list[Any]:
    """The officers of a call's programme, by name: those one can give a file to."""
    members = call.programme.team.filter(role="officer").select_related("person").order_by("person__name", "pk")
    return [member.person for member in members]
