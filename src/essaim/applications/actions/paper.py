"""Plan B: an application that came on paper or by e-mail, written by an officer, filed as of its proved arrival."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.access import forget_roles
from essaim.accounts.actions import open_account
from essaim.accounts.identifiers import clean_siret
from essaim.accounts.models import Organisation, Person
from essaim.applications.access import forget
from essaim.applications.actions.drafts import known_answers
from essaim.applications.models import Application, Collaborator, PaperArrival
from essaim.calls.models import Call
from essaim.kernel import access, files, journal
from essaim.kernel.workflow import Refused
from essaim.ui.formats import instant

journal.declare(
    "applications.application.register_paper",
    label=gettext_lazy("Enregistrer un dossier reçu hors ligne"),
    public=("channel", "arrived_at", "proof_sha256"),
)
journal.declare(
    "applications.application.file_paper",
    label=gettext_lazy("Déposer un dossier reçu hors ligne, à son heure d’arrivée"),
    public=("number", "channel", "arrived_at", "proof_sha256"),
)


def register_paper(
    call: Call,
    *,
    channel: str,
    arrived_at: datetime,
    proof: str,
    organisation: str,
    kind: str,
    siret: str = "",
    email: str = "",
    proof_file: Any = None,
    by: Person,
    at: datetime,
) -> Application:
    """Open the draft an officer will copy a paper application into; its applicant, if known, is its owner too.

    The same rules hold: what arrived after the closing is refused, by its proved instant of arrival, whenever it is
    registered. Raises Refused with the sentence to show, FileRefused for the copy of the proof.
    """
    if "officer" not in access.roles(by, call):
        raise Refused(_("Seul un chargé de programme enregistre un dossier reçu hors ligne."))
    _in_time(call, arrived_at, at=at)
    if not proof.strip() or not organisation.strip():
        raise Refused(_("Donnez la preuve de l’arrivée et le nom de l’organisme demandeur."))
    kept = files.store(proof_file, name=proof_file.name, by=by, at=at) if proof_file else None
    with transaction.atomic():
        body = _organisation(organisation, kind, siret)
        application = Application.objects.create(
            call=call,
            rule_set=call.rule_set,
            organisation=body,
            created_by=by,
            created_at=at,
            saved_at=at,
            answers=known_answers(call, body),
        )
        # The officer writes it until it is filed; the applicant keeps it afterwards.
        Collaborator.objects.create(application=application, person=by, role=Collaborator.Role.OWNER)
        if email:
            person = open_account(email=email, language="fr", at=at)
            if person != by:
                Collaborator.objects.create(application=application, person=person, role=Collaborator.Role.OWNER)
        arrival = PaperArrival.objects.create(
            application=application,
            channel=channel,
            arrived_at=arrived_at,
            proof=proof.strip()[:300],
            proof_file=kept,
            registered_by=by,
            registered_at=at,
        )
        forget(by)
        forget_roles(by)
        journal.append(
            "applications.application.register_paper",
            subject=application,
            by=by,
            at=at,
            role="officer",
            payload=_record(arrival),
        )
    return application


def _in_time(call: Call, arrived_at: datetime, *, at: datetime) -> None:
    """Refuse what arrived before the opening, after the closing, or has not arrived yet."""
    if arrived_at > at:
        raise Refused(_("Cette date d’arrivée est à venir : donnez celle que prouve le cachet ou le courriel."))
    if call.rule_set is None or call.opens_at is None or call.closes_at is None or arrived_at < call.opens_at:
        raise Refused(_("L’appel n’était pas ouvert à cette date : un dossier ne pouvait pas arriver."))
    if arrived_at > call.closes_at:
        raise Refused(
            _("L’appel était clos depuis le %(closing)s ; ce dossier est arrivé le %(arrival)s, en retard.")
            % {
                "closing": instant(call.closes_at, call.zone, seconds=True),
                "arrival": instant(arrived_at, call.zone, seconds=True),
            }
        )


def _organisation(name: str, kind: str, siret: str) -> Organisation:
    """The organisation with this SIRET, or a new one that nobody acts for yet."""
    number = clean_siret(siret) if siret.strip() else ""
    known = Organisation.objects.filter(siret=number).first() if number else None
    return known or Organisation.objects.create(name=" ".join(name.split())[:200], kind=kind, siret=number)


def arrival_of(application: Application) -> PaperArrival | None:
    """The proof of arrival of an application registered by an officer; None for one written online."""
    return getattr(application, "paper_arrival", None)


def filed_on_paper(application: Application, *, by: Person | None, at: datetime) -> None:
    """After the filing, in its transaction: flag it in the journal, and leave the file to its applicant alone."""
    arrival = arrival_of(application)
    if arrival is None:
        return
    journal.append(
        "applications.application.file_paper",
        subject=application,
        by=by,
        at=at,
        role="officer",
        payload={"number": application.number, **_record(arrival)},
    )
    Collaborator.objects.filter(application=application, person=arrival.registered_by).delete()
    forget(by)


def _record(arrival: PaperArrival) -> dict[str, Any]:
    return {
        "channel": arrival.channel,
        "arrived_at": arrival.arrived_at.isoformat(),
        "proof_sha256": journal.digest(arrival.proof),
    }
