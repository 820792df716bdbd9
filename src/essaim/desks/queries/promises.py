"""The seven promises, each born of a complaint of 2013, each with the page that keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from essaim.desks.queries.shapes import address, first_address


@dataclass(frozen=True, slots=True)
class Promise:
    """A complaint, what is promised instead, and where one can see it kept."""

    code: str
    complaint: Lazy
    promise: Lazy
    link: Lazy
    url: str


TEXTS: tuple[tuple[str, Lazy, Lazy, Lazy], ...] = (
    (
        "G1",
        _("On ne savait même pas qu’il y avait un appel."),
        _("Chaque lieu connu et chaque abonné concerné est prévenu à l’ouverture."),
        _("Être prévenu"),
    ),
    (
        "G2",
        _("Trois mois de silence, pas même un courriel aux refusés."),
        _("Un calendrier public, un état visible, et aucun résultat tant qu’une décision manque."),
        _("Lire le calendrier"),
    ),
    (
        "G3",
        _("Pourquoi celui-ci plutôt que celui-là ?"),
        _("Chaque décision dit ses raisons, et ce qui l’aurait changée."),
        _("Lire les décisions"),
    ),
    (
        "G4",
        _("Pourquoi l’enveloppe a-t-elle été relevée en route ?"),
        _("L’enveloppe a une histoire publique : montant, date, auteur, raison, effet."),
        _("Lire l’histoire de l’enveloppe"),
    ),
    (
        "G5",
        _("Pourquoi tout à 14 et rien aux autres ?"),
        _("Les scénarios sont comparés, prouvés les meilleurs, et le choix est motivé."),
        _("Comparer les scénarios"),
    ),
    (
        "G6",
        _("C’était pour des fab labs existants ; la plupart des lauréats n’existaient pas."),
        _("Les mêmes règles du simulateur au versement ; toute dérogation est nommée et publique."),
        _("Lire le règlement"),
    ),
    (
        "G7",
        _("Un an après, où est passé l’argent ?"),
        _("Convention, versements et comptes rendus de chaque lieu, jusqu’au groupe qui a eu l’idée."),
        _("Suivre l’argent"),
    ),
)


def promises(programme: Any, call_slug: str) -> list[Promise]:
    """The seven, for a programme and the call that best shows them (its slug, or nothing before any call)."""
    story = ("programmes:programme", programme.slug)
    results = address("selections:results", call_slug) if call_slug else ""
    urls = {
        "G1": first_address(("calls:subscribe",), story),
        "G2": first_address(("calls:call", call_slug) if call_slug else story),
        "G3": results or first_address(story),
        "G4": first_address(("programmes:envelope", programme.slug)),
        "G5": f"{results}#choix" if results else first_address(story),
        "G6": first_address(("calls:rules", call_slug) if call_slug else story),
        "G7": first_address(("territory:map",), story),
    }
    return [Promise(code, complaint, promise, link, urls[code]) for code, complaint, promise, link in TEXTS]
