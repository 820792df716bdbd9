"""The rows of each public dataset: only what anyone may read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils import timezone

from essaim.calls.queries import as_dispositif
from essaim.kernel import journal
from essaim.kernel.bilingual import Bilingual
from essaim.opendata.queries.verification import public_line
from essaim.programmes.thread import thread_of

SCDL_HEADERS = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire", "idBeneficiaire",
    "rnaBeneficiaire", "objet", "montant", "nature", "conditionsVersement", "datesPeriodeVersement", "idRAE",
    "notificationUE", "pourcentageSubvention", "dispositifAide",
)  # fmt: skip
RESULT_HEADERS = (
    "dossier", "decision", "accorde_eur", "demande_eur", "region_2013", "organisme", "projet", "commune", "rang_min",
    "rang_max", "raisons", "ce_qui_aurait_change", "invente",
)  # fmt: skip


def euros(cents: int) -> str:
    """Cents as a decimal number with a point: 160000 or 160000.50."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def scdl_rows(programme: Any) -> Iterator[list[str]]:
    """Signed agreements in the SCDL "subventions" 2.1.1 schema, one row per beneficiary."""
    agreements = apps.get_model("awards", "Agreement").objects.filter(
        decision__selection__call__programme=programme, signed_at__isnull=False
    )
    related = ("decision__application__organisation", "decision__selection__call")
    for agreement in agreements.select_related(*related).prefetch_related("payments").order_by("number"):
        application = agreement.decision.application
        organisation = application.organisation
        days = [payment.due_on for payment in agreement.payments.all()]
        period = (
            f"{min(days)}/{max(days)}" if len(set(days)) > 1 else str(days[0]) if days else str(agreement.starts_on)
        )
        mark = " (démonstration : projet inventé)" if application.invented else ""
        rna = (
            organisation.rna if organisation and len(organisation.rna) == 10 and organisation.rna[1:].isdigit() else ""
        )
        yield [
            str(programme.administration),
            programme.administration_siret,
            str(timezone.localdate(agreement.signed_at)),
            application.reference,
            organisation.name if organisation else application.title,
            organisation.siret if organisation else "",
            rna,
            f"{application.title[: 256 - len(mark)]}{mark}",
            euros(agreement.amount_cents),
            "aide en numéraire",
            "échelonné" if len(days) > 1 else "unique",
            period,
            "",
            "non",
            "1",
            agreement.decision.selection.call.slug,
        ]


def result_rows(programme: Any, *, call: Any = None) -> Iterator[list[Any]]:
    """Published decisions with their reasons; refused applicants are told by number and region, never by name."""
    decisions = apps.get_model("selections", "Decision").objects.filter(
        selection__call__programme=programme, state="published"
    )
    decisions = decisions if call is None else decisions.filter(selection__call=call)
    related = ("application__organisation", "application__call", "application__commune__department__region_2013")
    lines = {
        (line.scenario_id, line.application_id): line
        for line in apps.get_model("selections", "ScenarioLine").objects.filter(
            scenario__selection__call__programme=programme, scenario__state="ratified"
        )
    }
    for decision in decisions.select_related(*related).order_by("application__number"):
        application = decision.application
        funded = decision.outcome == "funded"
        line = lines.get((decision.scenario_id, application.pk))
        commune = application.commune
        yield [
            application.reference,
            decision.get_outcome_display(),
            euros(decision.granted_cents),
            euros(application.requested_cents),
            commune.department.region_2013.name if commune else "",
            str(application.organisation or "") if funded else "",
            application.title if funded else "",
            str(commune) if funded and commune else "",
            line.rank_low if line else "",
            line.rank_high if line else "",
            " ".join(str(Bilingual(reason)) for reason in decision.reasons if not _private(reason)),
            str(decision.what_would_change),
            "oui" if application.invented else "non",
        ]


def _private(reason: dict[str, str]) -> bool:
    """Whether a reason holds words written to the applicant alone."""
    return reason.get("fr", "").startswith("Motif donné par le service")


def proposal_rows(programme: Any) -> Iterator[list[Any]]:
    """Every submitted proposal of public Jams, with the answer it was given."""
    proposals = (
        apps.get_model("jams", "Proposal")
        .objects.filter(jam__programme=programme)
        .exclude(state__in=["draft", "abandoned"])
    )
    for proposal in proposals.exclude(jam__state="draft").select_related("jam", "answer").order_by("jam", "number"):
        answer = getattr(proposal, "answer", None)
        yield [
            proposal.jam.slug,
            proposal.number,
            proposal.title,
            proposal.theme,
            proposal.problem,
            proposal.lever,
            answer.get_verdict_display() if answer else "",
            answer.reason if answer else "",
        ]


def journal_lines(programme: Any) -> Iterator[dict[str, Any]]:
    """The record as anyone can recompute it: its head, then every act, oldest first; of those that are not public,
    only the rank and the fingerprint, without which the root cannot be recomputed."""
    head = apps.get_model("kernel", "Log").objects.filter(name=programme.journal_log).first()
    if head is None:
        return
    yield {"log": head.name, "size": head.size, "root": head.root}
    events = apps.get_model("kernel", "Event").objects.filter(log=head.name, seq__lt=head.size).order_by("seq")
    for event in events.iterator():
        yield public_line(event, journal.public_record(event))


def thread_document(programme: Any, *, at: Any, site_url: str) -> dict[str, Any]:
    """The whole thread as one JSON document: each cell with its state, figures and address, and each funded place
    followed back to the proposal it comes from."""
    thread = thread_of(programme, at=at)
    return {
        "programme": programme.slug,
        "title": dict(programme.title),
        "cells": [
            {
                "key": cell.key,
                "name": cell.name,
                "status": cell.status,
                "sentence": cell.sentence,
                "url": site_url + cell.url if cell.url else None,
                "figures": dict(cell.figures),
                "at": cell.at.isoformat() if cell.at else None,
            }
            for cell in thread.cells
        ],
        "places": [_place_thread(place, site_url) for place in _places(programme)],
    }


def _places(programme: Any) -> Any:
    places = apps.get_model("territory", "FundedPlace").objects.filter(
        agreement__decision__selection__call__programme=programme
    )
    return places.select_related(
        "commune__department",
        "agreement__decision__application__call__origin__group__round",
        "agreement__decision__application__call__origin__jam",
    ).order_by("slug")


def _place_thread(place: Any, site_url: str) -> dict[str, Any]:
    agreement = place.agreement
    application = agreement.decision.application
    origin = application.call.origin
    return {
        "name": place.name,
        "invented": application.invented,
        "commune": place.commune_id,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "state": place.state,
        "url": site_url + place.get_absolute_url(),
        "agreement": {
            "number": agreement.number,
            "amount_eur": euros(agreement.amount_cents),
            "state": agreement.state,
        },
        "application": application.reference,
        "call": application.call.slug,
        "proposal": {
            "url": site_url + origin.get_absolute_url(),
            "title": origin.title,
            "group": origin.group.number,
            "round": origin.group.round.number,
            "jam": origin.jam.slug,
            "cards": origin.cards.count(),
        }
        if origin
        else None,
    }


def calls_of(user_sees: Any) -> list[dict[str, Any]]:
    """The public calls among those one may see, in the « dispositif-aide » schema."""
    return [as_dispositif(call) for call in user_sees.exclude(state="draft").order_by("slug")]


def last_act(programme: Any) -> Any | None:
    """When something was last done in a programme: the date of its data."""
    event = apps.get_model("kernel", "Event").objects.filter(log=programme.journal_log).order_by("-seq").first()
    return event.at if event else None


def log_size(programme: Any) -> int:
    """How many acts its record holds: data change only with one of them."""
    return (
        apps.get_model("kernel", "Log")
        .objects.filter(name=programme.journal_log)
        .values_list("size", flat=True)
        .first()
        or 0
    )
