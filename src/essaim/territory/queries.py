"""Figures of the territory: who has a place within reach, by department; and a place's way back to a card."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache as memory
from typing import Any

import numpy as np
from django.apps import apps
from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.engine.coverage import reach
from essaim.places.queries import DATA_DIR, commune_arrays, engine_communes, fold

RADIUS_KM = 20
# Shares of the population within reach where the colour of a department changes; the legend says them in words.
STEPS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one territory. Populations are inhabitants."""

    code: str
    name: str
    known: int
    funded: int
    population: int
    reached: int

    @property
    def share(self) -> float:
        """The share of its inhabitants within reach of a fab lab, from 0 to 1."""
        return self.reached / self.population if self.population else 0.0

    @property
    def unreached(self) -> int:
        """Inhabitants that no fab lab reaches."""
        return self.population - self.reached

    @property
    def step(self) -> int:
        """The rank of its colour, 0 (few are reached) to 4."""
        return sum(self.share >= step for step in STEPS)


@dataclass(frozen=True, slots=True)
class Territory:
    """The whole country: its departments, and who was within reach before the programme."""

    departments: tuple[Facts, ...]
    reached_before: int

    @property
    def whole(self) -> Facts:
        """The sum of the departments."""
        return together("", "", self.departments)

    @property
    def newly_reached(self) -> int:
        """Inhabitants whom only a funded place reaches."""
        return self.whole.reached - self.reached_before


def together(code: str, name: str, departments: Any) -> Facts:
    """Several departments as one territory."""
    rows = list(departments)
    known, funded = sum(row.known for row in rows), sum(row.funded for row in rows)
    return Facts(code, name, known, funded, sum(row.population for row in rows), sum(row.reached for row in rows))


def territory_facts() -> Territory:
    """Every department with its figures; computed again only when the number of places or of communes changes."""
    known = apps.get_model("places", "KnownPlace").objects.aggregate(count=Count("pk"), last=Max("imported_at"))
    funded = apps.get_model("territory", "FundedPlace").objects.count()
    communes = apps.get_model("places", "Commune").objects.count()
    last = known["last"].timestamp() if known["last"] else 0
    key = f"territory:{known['count']}:{last}:{funded}:{communes}"
    facts: Territory | None = cache.get(key)
    if facts is None:
        facts = _compute()
        cache.set(key, facts, 86_400)
    return facts


def _compute() -> Territory:
    known = apps.get_model("places", "KnownPlace").objects
    funded = apps.get_model("territory", "FundedPlace").objects
    labs = list(known.filter(kind="fablab").order_by("pk").values_list("latitude", "longitude"))
    opened = list(funded.order_by("pk").values_list("latitude", "longitude"))
    columns, communes = commune_arrays(), engine_communes()
    before = reach(labs, communes, RADIUS_KM)
    now = reach([*labs, *opened], communes, RADIUS_KM)
    known_in, funded_in = _by_department(known), _by_department(funded)
    rows = []
    for code, name in apps.get_model("places", "Department").objects.order_by("code").values_list("code", "name"):
        here = columns.department == code
        population = int(columns.population[here].sum())
        reached = int(columns.population[here & np.asarray(now.mask)].sum())
        rows.append(Facts(code, name, known_in.get(code, 0), funded_in.get(code, 0), population, reached))
    return Territory(tuple(rows), before.population)


def _by_department(manager: Any) -> dict[str, int]:
    counted = manager.values_list("commune__department").order_by().annotate(count=Count("pk"))
    return {code: count for code, count in counted if code}


@memory
def outlines() -> bytes:
    """The outlines of the departments, as GeoJSON."""
    return (DATA_DIR / "departements.geojson").read_bytes()


def known_places(text: str = "", kind: str = "", department: str = "") -> QuerySet[Any]:
    """The known places by what people type, their kind and their department."""
    places = apps.get_model("places", "KnownPlace").objects.select_related("commune__department")
    if text:
        places = places.filter(Q(name__icontains=text) | Q(commune__search_name__contains=fold(text) or "\n"))
    places = places.filter(kind=kind) if kind else places
    places = places.filter(commune__department=department) if department else places
    return places.order_by("name", "pk")


def points(known: Any, funded: Any, kinds: dict[str, Any]) -> list[dict[str, Any]]:
    """Places as the map wants them; invented ones say so."""
    mark = _("inventé pour la démonstration")
    dots = [
        {
            "lat": place["latitude"],
            "lon": place["longitude"],
            "title": place["name"],
            "text": f"{kinds.get(place['kind'], place['kind'])}{f' ({mark})' if place['invented'] else ''}",
            "kind": "known",
        }
        for place in known.values("latitude", "longitude", "name", "kind", "invented")
    ]
    for place in funded:
        invented = place.agreement.decision.application.invented
        text = f"{_('Lieu financé')}, {place.commune}, {place.get_state_display().lower()}"
        dots.append(
            {
                "lat": place.latitude,
                "lon": place.longitude,
                "title": place.name,
                "text": f"{text} ({mark})" if invented else text,
                "url": place.get_absolute_url(),
                "kind": "funded",
            }
        )
    return dots


class FundedPlaceStory:
    """A funded place followed back, step by step, to the card that began it: what anyone may read."""

    def __init__(self, place: Any) -> None:
        self.place, self.agreement = place, place.agreement
        self.decision = self.agreement.decision
        self.application = self.decision.application
        self.call = self.application.call

    def steps(self) -> list[dict[str, Any]]:
        """From the first card to the agreement: what, which one, where it is read."""
        reference, number = self.application.reference, self.agreement.number
        return [
            *self._jam(),
            {"what": _("Appel à projets"), "text": str(self.call.title), "url": self.call.get_absolute_url()},
            {"what": _("Candidature"), "text": f"{reference}\u00a0: {self.application.title}", "url": ""},
            {
                "what": _("Décision"),
                "text": " ".join([self.decision.get_outcome_display(), reference]),
                "url": reverse("selections:results", args=[self.call.slug]),
            },
            {"what": _("Convention"), "text": number, "url": ""},
        ]

    def _jam(self) -> list[dict[str, Any]]:
        """The cards, the group and the proposal, when the call comes from a Jam that is public."""
        proposal = self.call.origin
        if proposal is None or proposal.jam.state == "draft" or proposal.state in {"draft", "abandoned"}:
            return []
        group, answer = proposal.group, getattr(proposal, "answer", None)
        card = proposal.cards.order_by("pk").first()
        told = [
            {"what": _("Jam"), "text": str(proposal.jam.title), "url": proposal.jam.get_absolute_url()},
            {
                "what": _("Session et groupe"),
                "text": _("session %(round)d, table %(table)d") % {"round": group.round.number, "table": group.number},
                "url": "",
            },
        ]
        if card is not None:
            told.append({"what": _("Carte de la Jam"), "text": f"«\u00a0{card.text}\u00a0»", "url": ""})
        told.append({"what": _("Proposition"), "text": proposal.title, "url": proposal.get_absolute_url()})
        if answer is not None:
            told.append({"what": _("Réponse"), "text": answer.reason, "url": proposal.get_absolute_url()})
        return told

    def money(self) -> dict[str, int]:
        """Granted and paid, in cents."""
        paid = sum(p.amount_cents for p in self.agreement.payments.all() if p.state == "paid")
        return {"granted": self.agreement.amount_cents, "paid": paid}

    def report(self) -> Any | None:
        """The report once accepted: what is being written is nobody else's."""
        report = getattr(self.agreement, "report", None)
        return report if report is not None and report.state == "accepted" else None
