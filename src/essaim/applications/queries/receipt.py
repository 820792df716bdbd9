"""What is frozen and signed when an application is filed, and how anyone checks it, on the site or offline.

`content_of` is the application as filed; `statement_of` is the receipt (R112-11-1 CRPA), which names the content by its
SHA-256 and is what the site signs (Ed25519). Both are canonical JSON: keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from essaim.applications.queries.clock import silence_once_filed
from essaim.applications.queries.facts import documents_counted
from essaim.applications.queries.form import answers_counted
from essaim.kernel import journal, merkle, signing

FORMAT = "essaim-receipt/2"
HEX = re.compile(r"[0-9a-f]{128}")  # one way to write a signature
# Receipts of the first format are verified for ever: they have no fingerprint per answer and no inclusion proof.
FORMATS = ("essaim-receipt/1", FORMAT)


def canonical(content: Any) -> str:
    """JSON whose bytes depend on the content only."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(content: Any) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal."""
    return sha256(canonical(content).encode()).hexdigest()


def content_of(application: Any) -> dict[str, Any]:
    """The whole application as the administration will read it: amounts in cents, files by name, size and SHA-256."""
    organisation, commune = application.organisation, application.commune
    return {
        "application": str(application.public_id),
        "call": application.call.slug,
        "rules_sha256": application.rule_set.sha256,
        "version": application.version,
        "title": application.title,
        "organisation": organisation
        and {name: getattr(organisation, name) for name in ("name", "kind", "siret", "rna", "address")},
        "answers": answers_counted(application),
        "place": commune
        and {
            "commune": commune.code,
            "name": commune.name,
            # Text, so that the digest depends on no library's way of writing floats.
            "latitude": f"{application.latitude:.6f}" if application.latitude is not None else "",
            "longitude": f"{application.longitude:.6f}" if application.longitude is not None else "",
        },
        "costs": [{name: getattr(line, name) for name in COST_COLUMNS} for line in application.cost_lines.all()],
        "fundings": [
            {name: getattr(line, name) for name in FUNDING_COLUMNS} for line in application.funding_lines.all()
        ],
        "documents": documents_of(application),
    }


# All that a line says is frozen with the filing.
COST_COLUMNS = (
    "label", "category", "amount_cents", "quantity_thousandths", "unit_price_cents", "vat", "eligible_points",
    "account", "year", "quote",
)  # fmt: skip
FUNDING_COLUMNS = ("funder", "kind", "status", "amount_cents", "account", "year", "proof")


def documents_of(application: Any) -> list[dict[str, Any]]:
    """The files given, each with its size in bytes and its SHA-256."""
    return [
        {"slot": row.slot, "name": row.name, "size": row.file.size, "sha256": row.file.sha256}
        for row in documents_counted(application)
    ]


def fingerprints(content: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each answer of a filed content, by its code: one answer can be proved without showing the rest."""
    return {code: digest(value) for code, value in content["answers"].items()}


def inscription_of(event: Any) -> dict[str, Any]:
    """The act as it is in the journal, its leaf, and the proof that it is under a head, which is signed on its own."""
    head = {"log": event.log, "size": event.place.size, "root": event.place.root}
    return {
        "log": event.log,
        "rank": event.seq,
        "leaf": event.leaf,
        "event": json.loads(journal.canonical(event)),
        "proof": list(event.place.proof),
        "head": head,
        "head_signature": signing.sign(canonical(head).encode()),
    }


def statement_of(
    application: Any,
    *,
    content: Mapping[str, Any],
    sha256: str,
    event: Any,
    at: datetime,
    missing: list[str],
    number: int = 1,
    mode: str = "applicant",
) -> dict[str, Any]:
    """The receipt: what R112-11-1 asks, the files, the fingerprints, the place in the journal.

    `at`: arrival. `missing`: titles of required documents not given (R112-11-4). `number`: which filing of this file.
    `mode`: "applicant", "automatic" (asked for, done at the closing), "late_code" or "completion".
    """
    call = application.call
    zone = ZoneInfo(call.zone)
    return {
        "format": FORMAT,
        "site": settings.SITE_URL,
        "call": {"slug": call.slug, "title": dict(call.title)},
        "application": str(application.public_id),
        "reference": application.reference,
        "title": application.title,
        "organisation": str(application.organisation or ""),
        "version": application.version,
        "filing": number,
        "mode": mode,
        "received_at": at.astimezone(zone).isoformat(timespec="seconds"),
        "received_at_utc": at.isoformat(timespec="microseconds"),
        "zone": call.zone,
        "service": {
            "name": dict(call.service_name),
            "email": call.service_email,
            "address": call.service_address,
            "telephone": call.service_phone,
        },
        "silence": {
            "effect": "rejection",
            "date": silence_once_filed(application, at=at).isoformat(),
            "rule": dict(call.silence),
        },
        "appeal": dict(call.appeal),
        "missing_documents": missing,
        "documents": content["documents"],
        "content_sha256": sha256,
        "answers": fingerprints(content),
        "journal": inscription_of(event),
        "invented": application.invented,
    }


def receipt_document(filing: Any) -> dict[str, Any]:
    """The receipt as one JSON document anyone can check: what was signed, the signature, the key, and the content."""
    return {
        "receipt": json.loads(filing.receipt),
        "signature": filing.signature,
        "public_key": signing.public_key(),
        "content": json.loads(filing.content),
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was recomputed from a receipt. `ours`: signed by this very site's key."""

    ok: bool
    sentence: str
    ours: bool = False


def verify_receipt(document: Mapping[str, Any]) -> Verdict:
    """Recompute everything a receipt claims: its signature, the content's fingerprint, the list of files.

    Works offline, from the document alone. Anything changed, even one character, gives `ok=False` and says where.
    """
    try:
        statement, content = document["receipt"], document["content"]
        signature, key = str(document["signature"]), str(document["public_key"])
        known = statement["format"] in FORMATS
        claimed, received, reference = statement["content_sha256"], statement["received_at"], statement["reference"]
        files = (statement["documents"], content["documents"])
    except (KeyError, TypeError, AttributeError):
        return Verdict(False, _("Ce fichier n’est pas un récépissé d’Essaim : choisissez le fichier JSON téléchargé."))
    if not known or set(document) != {"receipt", "signature", "public_key", "content"}:
        return Verdict(False, _("Ce récépissé est d’un format inconnu, ou quelque chose y a été ajouté."))
    if not HEX.fullmatch(signature) or not signing.verify(canonical(statement).encode(), signature, key):
        return Verdict(False, _("La signature ne correspond pas au récépissé : il a été modifié."))
    if digest(content) != claimed:
        return Verdict(False, _("L’empreinte du contenu ne correspond pas : le contenu a été modifié."))
    if files[0] != files[1]:
        return Verdict(False, _("La liste des fichiers du récépissé n’est pas celle du contenu."))
    if statement["format"] != FORMATS[0] and (broken := _broken_proof(statement, content, key)):
        return Verdict(False, broken)
    ours = key == signing.public_key()
    sentence = _("Récépissé authentique : dossier %(reference)s reçu le %(received)s.") % {
        "reference": reference,
        "received": received,
    }
    if not ours:
        sentence += " " + _("La clé n’est pas celle de ce site : comparez-la à celle que publie %(site)s.") % {
            "site": statement["site"]
        }
    return Verdict(True, sentence, ours)


def _broken_proof(statement: Mapping[str, Any], content: Mapping[str, Any], key: str) -> str:
    """What does not hold between a signed statement, its content and the journal, in a sentence; "" when all holds."""
    try:
        place, event = statement["journal"], statement["journal"]["event"]
        head = place["head"]
        leaf = merkle.leaf_hash(canonical(event).encode())
        proof = [bytes.fromhex(part) for part in place["proof"]]
        if statement["answers"] != fingerprints(content):
            return _("L’empreinte d’une réponse ne correspond pas au contenu.")
        if (place["leaf"], event["payload"]["sha256"]) != (leaf.hex(), statement["content_sha256"]):
            return _("L’acte inscrit au registre n’est pas celui de ce dépôt.")
        if (event["seq"], event["log"], head["log"]) != (place["rank"], place["log"], place["log"]):
            return _("L’acte inscrit au registre n’est pas celui de ce dépôt.")
        if not signing.verify(canonical(head).encode(), place["head_signature"], key):
            return _("La tête du registre n’est pas signée par ce site.")
        if not merkle.verify_inclusion(leaf, event["seq"], head["size"], proof, bytes.fromhex(head["root"])):
            return _("La preuve d’inscription au registre ne mène pas à la tête signée.")
    except (KeyError, TypeError, ValueError, AttributeError):
        return _("La preuve d’inscription au registre est incomplète.")
    return ""
