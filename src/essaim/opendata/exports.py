"""The public datasets of a programme: what each is, under which schema, and how its file is written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from essaim.kernel import tables
from essaim.opendata import queries
from essaim.programmes.models import Programme

Writer = Callable[[Programme, datetime], bytes]
LICENCE = "Licence Ouverte 2.0"


def in_french(write: Writer) -> Writer:
    """Files are written in one language, whoever asks: the same data give the same bytes."""

    @wraps(write)
    def written(programme: Programme, at: datetime) -> bytes:
        with translation.override("fr"):
            return write(programme, at)

    return written


@dataclass(frozen=True, slots=True)
class Dataset:
    """A public file: `write(programme, at)` gives its bytes; the same data give the same bytes."""

    name: str
    title: Any
    description: Any
    schema: str
    content_type: str
    write: Writer


def _csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 without mark, comma, as the schemas ask; no cell can run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([tables.plain(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _json(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@in_french
def write_grants(programme: Programme, at: datetime) -> bytes:
    """SCDL "subventions" 2.1.1."""
    return _csv(queries.SCDL_HEADERS, queries.scdl_rows(programme))


@in_french
def write_results(programme: Programme, at: datetime) -> bytes:
    """Every published decision with its reasons."""
    return _csv(queries.RESULT_HEADERS, queries.result_rows(programme))


@in_french
def write_proposals(programme: Programme, at: datetime) -> bytes:
    """Proposals and answers."""
    headers = ("jam", "numero", "titre", "theme", "probleme", "levier", "reponse", "raison")
    return _csv(headers, queries.proposal_rows(programme))


@in_french
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


@in_french
def write_thread(programme: Programme, at: datetime) -> bytes:
    """The thread, from the Jam to the places."""
    return _json(queries.thread_document(programme, at=at, site_url=settings.SITE_URL))


@in_french
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
            _("Chaque décision publiée, ses raisons, ce qui l’aurait changée ; les candidats refusés sans leur nom."),
            "",
            "text/csv; charset=utf-8",
            write_results,
        ),
        Dataset(
            "subventions.csv",
            _("Subventions accordées"),
            _("Les conventions signées, au schéma SCDL « subventions » (décret 2017-779)."),
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
            _("De la Jam aux lieux : chaque étape, et chaque lieu suivi jusqu’à la proposition dont il vient."),
            "",
            "application/json",
            write_thread,
        ),
        Dataset(
            "journal.jsonl",
            _("Registre public"),
            _("Chaque acte avec son empreinte, une ligne par acte, la tête du registre d’abord : tout se recalcule."),
            "",
            "application/x-ndjson",
            write_journal,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class File:
    """A dataset of one programme, written: its bytes and what identifies them."""

    dataset: Dataset
    content: bytes
    sha256: str

    @property
    def kilobytes(self) -> int:
        """Its size, rounded up."""
        return -(-len(self.content) // 1000)


def file_of(programme: Programme, dataset: Dataset, *, at: datetime) -> File:
    """The file of a dataset, written again once something was done in the programme, or the hour changed."""
    key = f"opendata:{programme.pk}:{dataset.name}:{queries.log_size(programme)}:{at:%Y%m%d%H}"
    content: bytes | None = cache.get(key)
    if content is None:
        content = dataset.write(programme, at)
        cache.set(key, content, 3600)
    return File(dataset, content, sha256(content).hexdigest())
