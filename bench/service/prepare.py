"""Inside a throwaway site's environment: `make N` (an open call, N drafts ready to be filed), `close SECONDS`, `state`.

Everything is written by the product's own actions; the answers are the story's invented ones.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import django

PROGRAMMES = Path(__file__).resolve().parents[2] / "programmes"


def main() -> None:
    """One word of command, one line of JSON."""
    django.setup()
    name, *words = sys.argv[1:]
    answer = {
        "make": make,
        "drafts": drafts_made,
        "close": close,
        "closing": closing,
        "inside": inside,
        "state": state,
    }[name](*words)
    print(json.dumps(answer))


def make(drafts: str) -> Any:
    """Migrate, tell of an open call, write the drafts, and keep in `drafts.json` how to speak for each applicant."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction

    from essaim.ui import catalogues

    os.environ["ESSAIM_TASKS"] = "immediate"
    if connection.vendor == "postgresql" and "BENCH_PG_CRASH" in os.environ:  # the throwaway one of with-postgresql
        connection.cursor().execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    catalogues.compile_all()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    with transaction.atomic():
        call = open_call()
    found = [row for part in range(0, int(drafts), 50) for row in write_some(call, part, min(50, int(drafts) - part))]
    (Path(settings.DATA_DIR) / "drafts.json").write_text(json.dumps(found), encoding="utf-8")
    return len(found)


def drafts_made() -> Any:
    """What `make` kept."""
    from django.conf import settings

    return json.loads((Path(settings.DATA_DIR) / "drafts.json").read_text(encoding="utf-8"))


def open_call() -> Any:
    """The 2013 call, opened a month ago and closing in two."""
    from essaim.accounts.models import Person
    from essaim.calls.actions import load_call
    from essaim.calls.lifecycle import CALL
    from essaim.kernel import clock
    from essaim.places.actions import load_reference
    from essaim.programmes import actions

    at, folder = clock.now(), PROGRAMMES / "fablabs-2013"
    load_reference(at=at)
    programme = actions.load_programme(folder, by=None, at=at)
    officer = Person.objects.create_user("officier@demo.example", name="Agent inventé", invented=True)
    actions.join_team(programme, person=officer, role="officer", title="Chargé de programme", by=None, at=at)
    actions.load_envelope(folder, programme=programme, by=officer, at=at)
    dates = {"opens_at": at - timedelta(days=30), "closes_at": at + timedelta(days=60)}
    call = load_call(folder, programme=programme, by=officer, at=at, **dates)
    CALL.perform(call, "publish", by=officer, at=at)
    return call


def write_some(call: Any, first: int, count: int) -> list[dict[str, Any]]:
    """Some applicants, each with a whole draft and a session."""
    from django.db import transaction

    from essaim.cli.story import projects
    from essaim.cli.story.apply import paper
    from essaim.places.models import Commune

    rng = random.Random(first)
    commune = Commune.objects.get(code="44109")
    invented = projects.projects(rng, {region: ["Nantes"] * 9 for region in projects.BY_REGION}, 154)
    sound = [project for project in invented if not project.flaw]
    papers = {slot: paper(slot) for slot in ("bank_details", "statutes", "deliberation")}
    with transaction.atomic():
        return [
            write_one(call, first + rank, sound[(first + rank) % len(sound)], commune, papers) for rank in range(count)
        ]


def write_one(call: Any, number: int, project: Any, commune: Any, papers: dict[str, bytes]) -> dict[str, Any]:
    """One applicant; how to speak for them."""
    from essaim.accounts.actions import create_organisation
    from essaim.accounts.models import Person
    from essaim.applications import actions
    from essaim.cli.story.apply import fictional_siret
    from essaim.kernel import clock

    at = clock.now()
    person = Person.objects.create_user(f"a{number}@demo.example", name=f"Personne inventée {number}", invented=True)
    organisation = create_organisation(
        by=person, at=at, invented=True, name=f"{project.organisation} {number}", kind=project.kind,
        siret=fictional_siret(number + 1000),
    )  # fmt: skip
    application = actions.start(call, by=person, at=at, organisation=organisation)
    answers = {
        "applicant_kind": project.kind, "siret": organisation.siret, "title": project.title, "existing": True,
        "outreach_commitment": True, "start": date(2014, 1, 15), "end": date(2015, 12, 15), **project.texts,
    }  # fmt: skip
    actions.save_answers(application, answers, version=application.version, by=person, at=at)
    actions.set_place(application, commune=commune, by=person, at=at)
    actions.save_budget(application, project.costs, project.fundings, by=person, at=at)
    for slot, content in papers.items():
        actions.add_document(application, slot=slot, uploaded=content, name=f"{slot}.pdf", by=person, at=at)
    application.refresh_from_db()
    return {"id": str(application.public_id), "version": application.version, "session": session_of(person)}


def session_of(person: Any) -> str:
    """A session of this person, as after signing in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["bench"] = secrets.token_hex(4)
    session.create()
    return str(session.session_key)


def close(seconds: str) -> str:
    """Make the call close in so many seconds; the instant."""
    from essaim.calls.models import Call
    from essaim.kernel import clock

    closes_at: datetime = clock.now() + timedelta(seconds=float(seconds))
    Call.objects.update(closes_at=closes_at)
    return closes_at.isoformat()


def closing(seconds: str) -> float:
    """As `close`; the instant as Unix time."""
    return datetime.fromisoformat(close(seconds)).timestamp()


def inside(public_id: str) -> dict[str, int]:
    """SQL statements of the pages measured, warm, counted inside; the filing is of the draft named."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from essaim.applications.models import Application

    application = Application.objects.get(public_id=public_id)
    client, reader = Client(), Client()
    client.force_login(application.created_by, backend=settings.AUTHENTICATION_BACKENDS[0])

    def count(who: Client, path: str, data: dict[str, Any] | None = None) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = (
                who.get(path, SERVER_NAME="127.0.0.1")
                if data is None
                else who.post(path, data, SERVER_NAME="127.0.0.1")
            )
        wanted = 200 if data is None else 302
        assert answer.status_code == wanted, (path, answer.status_code, answer.headers.get("Location"))
        # SAVEPOINT and BEGIN are not statements a database works for.
        return sum(not row["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for row in captured)

    one = f"/candidatures/{public_id}/"
    found = {}
    for _warm in range(2):
        found["call"] = count(reader, "/appels/ateliers-de-fabrication-numerique/")
        for name in ("organisme", "projet", "budget", "pieces", "verifier"):
            found[name] = count(client, f"{one}{name}/")
    data = {"key": f"{public_id}:{application.version}", "version": application.version, "acknowledged": "on"}
    return found | {"filing": count(client, f"{one}verifier/", data)}


def state() -> dict[str, Any]:
    """What the database holds of each application, and whether the journal holds."""
    from essaim.applications.models import Application, Filing
    from essaim.kernel.models import Event

    filings: dict[str, list[Any]] = {}
    unsound = 0
    for filing in Filing.objects.select_related("application"):
        filings.setdefault(str(filing.application.public_id), []).append(filing.sha256)
        unsound += not (filing.receipt and filing.signature and filing.event_seq)
    rows = Application.objects.values_list("public_id", "state", "number", "answers", "refused_late_at")
    return {
        "filings": filings,
        "unsound": unsound,
        "states": {str(row[0]): row[1] for row in rows},
        "numbers": sorted(row[2] for row in rows if row[2]),
        "phones": {str(row[0]): row[3].get("contact_phone", "") for row in rows},
        "late": sum(1 for row in rows if row[4]),
        "events": Event.objects.filter(verb="applications.application.file").count(),
    }


if __name__ == "__main__":
    main()
