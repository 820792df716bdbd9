"""The public datasets of a programme: what each is, under which schema, and how its file is written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from essaim.kernel import tables
from essaim.opendata import queries
from essaim.programmes.models import Programme

LICENCE = "Licence Ouverte 2.0"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A public file: `write(programme, at)` gives its bytes; the same data give the same bytes."""

    name: str
    title: Any
    description: Any
    schema: str
    content_type: str
    write: Callable[[Programme, datetime], bytes]


def _csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 without mark, comma, as the schemas ask; no cell can run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([tables.plain(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _json(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def write_grants(programme: Programme, at: datetime) -> bytes:
    """SCDL "subventions" 2.1.1."""
    return _csv(queries.SCDL_HEADERS, queries.scdl_rows(programme))


def write_results(programme: Programme, at: datetime) -> bytes:
    """Every published decision with its reasons."""
    return _csv(queries.RESULT_HEADERS, queries.result_rows(programme))


def write_proposals(programme: Programme, at: datetime) -> bytes:
    """Proposals and answers."""
    headers = ("jam", "numero", "titre", "theme", "probleme", "levier", "reponse", "raison")
    return _csv(headers, queries.proposal_rows(programme))


def write_envelope(programme: Programme, at: datetime) -> bytes:
    """The envelope's history."""
    rows = [
        [
            change.decided_on,
            queries.euros(change.amount_cents),
            str(change.author),
            str(change.reason),
            str(change.effect),
        ]
        for change in programme.envelope_changes.all()
    ]
    return _csv(("date", "montant_eur", "auteur", "raison", "effet"), rows)


def write_thread(programme: Programme, at: datetime) -> bytes:
    """The thread, from the Jam to the places."""
    return _json(queries.thread_document(programme, at=at, site_url=settings.SITE_URL))


def write_journal(programme: Programme, at: datetime) -> bytes:
    """The public record, one JSON object a line."""
    lines = (json.dumps(line, ensure_ascii=False, sort_keys=True) for line in queries.journal_lines(programme))
    return "".join(f"{line}\n" for line in lines).encode()


DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "resultats.csv",
            _("Résultats et raisons"),
            _("Chaque décision publiée, ses raisons, ce qui l’aurait changée ; les candidats refusés sans leur nom."),
            "",
            "text/csv; charset=utf-8",
            write_results,
        ),
        Dataset(
            "subventions.csv",
            _("Subventions accordées"),
            _("Les conventions signées, au schéma SCDL « subventions » (décret 2017-779)."),
            "SCDL subventions 2.1.1",
            "text/csv; charset=utf-8",
            write_grants,
        ),
        Dataset(
            "propositions.csv",
            _("Propositions et réponses"),
            _("Ce que les groupes de la Jam ont proposé, et la réponse donnée à chacun avec sa raison."),
            "",
            "text/csv; charset=utf-8",
            write_proposals,
        ),
        Dataset(
            "enveloppe.csv",
            _("Histoire de l’enveloppe"),
            _("Montant, date, auteur et raison de chaque changement."),
            "",
            "text/csv; charset=utf-8",
            write_envelope,
        ),
        Dataset(
            "fil.json",
            _("Le fil du programme"),
            _("De la Jam aux lieux : chaque étape, et chaque lieu suivi jusqu’à la proposition dont il vient."),
            "",
            "application/json",
            write_thread,
        ),
        Dataset(
            "journal.jsonl",
            _("Registre public"),
            _("Chaque acte public avec son empreinte, une ligne par acte."),
            "",
            "application/x-ndjson",
            write_journal,
        ),
    )
}
