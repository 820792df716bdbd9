"""What a file claims, recomputed: a receipt, the certificate of a scenario, an export of the public record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from essaim.applications.queries import verify_receipt
from essaim.engine.certificate import verify_certificate
from essaim.kernel import journal, merkle
from essaim.ui.formats import number


class Unreadable(Exception):
    """A file that is none of what can be verified; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the file is, whether it holds, the sentence that says so, and what was recomputed, in order."""

    kind: str
    ok: bool
    sentence: str
    recomputed: tuple[str, ...] = ()


def verify(content: bytes) -> Verdict:
    """Say which of the three a file is, and verify it. Raises Unreadable for anything else."""
    if not content.strip():
        raise Unreadable(_("Ce fichier est vide : choisissez celui que vous avez téléchargé."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("Ce fichier n’est pas du texte : choisissez un fichier .json ou .jsonl.")) from None
    lines = _documents(text)
    first = lines[0]
    if "receipt" in first:
        return _receipt(first)
    if "instance" in first:
        return _certificate(first)
    if "log" in first and "root" in first:
        return _journal(first, lines[1:])
    raise Unreadable(
        _("Ce fichier JSON n’est ni un récépissé, ni un certificat de scénario, ni un registre exporté d’Essaim.")
    )


def _documents(text: str) -> list[dict[str, Any]]:
    """The file as one JSON object, or as one a line."""
    try:
        try:
            found = [json.loads(text)]
        except json.JSONDecodeError:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (json.JSONDecodeError, RecursionError):
        raise Unreadable(
            _("Ce fichier n’est pas du JSON : il a peut-être été ouvert et enregistré par un autre logiciel.")
        ) from None
    if not all(isinstance(document, dict) for document in found):
        raise Unreadable(
            _("Ce fichier JSON ne contient pas ce qu’on attend : choisissez celui que vous avez téléchargé.")
        )
    return found


def _receipt(document: dict[str, Any]) -> Verdict:
    verdict = verify_receipt(document)
    done = (_("la signature"), _("l’empreinte du contenu"), _("la liste des pièces et leurs empreintes"))
    return Verdict(_("Récépissé de dépôt"), verdict.ok, verdict.sentence, done)


def _certificate(document: dict[str, Any]) -> Verdict:
    done = (
        _("l’empreinte des données"),
        _("l’enveloppe, les quotas et les choix imposés"),
        _("la valeur de l’ensemble retenu"),
        _("la borne de tout autre ensemble"),
    )
    try:
        bound = verify_certificate(document)
    except ValueError as error:
        sentence = _("Ce certificat ne tient pas : %(where)s.") % {"where": _where(str(error))}
        return Verdict(_("Certificat de scénario"), False, sentence, done)
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return Verdict(
            _("Certificat de scénario"),
            False,
            _("Ce certificat est incomplet : il manque une partie de la preuve."),
            done,
        )
    value = document["value"]
    if bound == value:
        sentence = _("Aucun ensemble de projets ne vaut plus dans cette enveloppe : la preuve est complète.")
    else:
        gap = {"gap": number((bound - value) * 100 / max(bound, 1), 2)}
        sentence = _("Aucun ensemble de projets ne vaut plus de %(gap)s %% de mieux dans cette enveloppe.") % gap
    return Verdict(_("Certificat de scénario"), True, sentence, done)


def _where(error: str) -> str:
    """The engine's words for what breaks, as people read them."""
    words = {
        "kind": _("son format est inconnu"),
        "digest": _("l’empreinte de ses données a changé"),
        "funded": _("un dossier retenu est inconnu ou figure deux fois"),
        "value": _("la valeur annoncée n’est pas celle des dossiers retenus"),
        "budget": _("les dossiers retenus coûtent plus que l’enveloppe"),
        "decided": _("un choix imposé n’est pas tenu"),
        "groups": _("un quota n’est pas respecté"),
    }
    names = error.partition("breaks at: ")[2].split(", ")
    return ", ".join(words[name] for name in names if name in words) or _("un prix sort de ses bornes")


def _journal(head: dict[str, Any], lines: list[dict[str, Any]]) -> Verdict:
    """Recompute the root from the leaves of the file, then compare each line with what this site holds."""
    done = (_("la suite des actes"), _("la racine de l’arbre (RFC 6962)"), _("chaque acte public, comparé au registre"))
    kind = _("Registre public exporté")
    try:
        broken = _broken_chain(head, lines) or _differs_from_site(head, lines)
    except (KeyError, TypeError, ValueError):
        broken = _("Ce registre est incomplet : une ligne n’a ni rang ni empreinte.")
    if broken:
        return Verdict(kind, False, broken, done)
    sentence = _("Registre intact : %(count)s actes, la racine recalculée est celle annoncée.")
    return Verdict(kind, True, sentence % {"count": number(len(lines))}, done)


def _broken_chain(head: dict[str, Any], lines: list[dict[str, Any]]) -> str:
    for rank, line in enumerate(lines):
        if line["seq"] != rank:
            return _("L’acte de rang %(rank)d manque ou a été déplacé.") % {"rank": rank}
    if len(lines) != head["size"]:
        return _("Le registre est tronqué : %(found)d actes au lieu de %(expected)d.") % {
            "found": len(lines),
            "expected": head["size"],
        }
    if merkle.root([bytes.fromhex(line["leaf"]) for line in lines]).hex() != head["root"]:
        return _("La racine recalculée n’est pas celle annoncée : une empreinte a été modifiée.")
    return ""


def _differs_from_site(head: dict[str, Any], lines: list[dict[str, Any]]) -> str:
    events = apps.get_model("kernel", "Event").objects.filter(log=head["log"]).order_by("seq")
    if not events.exists():
        return _("Ce site n’a pas de registre « %(name)s » : la suite tient, mais rien ne la confirme ici.") % {
            "name": str(head["log"])[:60]
        }
    known = 0
    for line, event in zip(lines, events.iterator(), strict=False):
        known += 1
        record = journal.public_record(event)
        expected = public_line(event, record)
        if line["leaf"] != event.leaf or (line != expected and not _same_words_aside(line, expected)):
            return _("L’acte de rang %(rank)d n’est pas celui du registre : il a été modifié.") % {"rank": line["seq"]}
    if known < len(lines):
        return _("L’acte de rang %(rank)d n’existe pas au registre de ce site.") % {"rank": known}
    return ""


def _same_words_aside(line: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether two lines say the same act; its sentence depends on the language it was exported in."""
    return {**line, "label": ""} == {**expected, "label": ""}


def public_line(event: Any, record: dict[str, Any] | None) -> dict[str, Any]:
    """A line of the exported record: a public act in words, or the rank and fingerprint alone of one that is not."""
    if record is None:
        return {"seq": event.seq, "leaf": event.leaf}
    return record | {"at": record["at"].isoformat()}
