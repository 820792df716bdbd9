"""What kind of proof a published file is, and whether it holds: certificate, draw, exported journal, receipt."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from essaim.cli import django_setup
from essaim.cli.reading import BadInput, read_text

BROKEN = {
    "kind": "son format est inconnu",
    "digest": "l’empreinte de ses données a changé",
    "funded": "un dossier retenu est inconnu ou figure deux fois",
    "value": "la valeur annoncée n’est pas celle des dossiers retenus",
    "budget": "les dossiers retenus coûtent plus que l’enveloppe",
    "decided": "un dossier écarté est retenu, ou un dossier imposé ne l’est pas",
    "groups": "un quota n’est pas respecté",
}
RECORD = {"seq", "at", "role", "verb", "subject", "payload", "leaf"}


class Finding(NamedTuple):
    """What the file is, whether it holds, and the sentence that says what was recomputed or where it breaks."""

    kind: str
    ok: bool
    sentence: str


def check(path: Path) -> Finding:
    """Tell which kind of proof a file is, and recompute it; BadInput when it is none."""
    text = read_text(path)
    if path.suffix == ".jsonl" or text.lstrip().count("\n{") > 0:
        return check_journal(text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(f"Le fichier « {path.name} » n’est ni du JSON ni un registre exporté.") from None
    if isinstance(document, dict):
        if set(document) >= RECORD:
            return check_journal(text)
        if "receipt" in document:
            return check_receipt(document)
        if "instance" in document or "certificate" in document:
            return check_certificate(document.get("certificate", document))
        if "order" in document and "announcement" in document:
            return check_draw(document)
        if "commitment" in document and "drand_round" in document:
            return check_announcement(document)
    raise BadInput(f"« {path.name} » n’est ni un certificat, ni un tirage, ni un registre, ni un récépissé d’Essaim.")


def check_certificate(document: Any) -> Finding:
    """Recompute value, rules and bound in integers."""
    from essaim.engine.certificate import verify_certificate

    kind = "Certificat de sélection"
    try:
        bound = verify_certificate(document)
        value, budget = document["value"], document["instance"]["budget_cents"]
        applications, unit = document["instance"]["applications"], document["instance"]["unit"]
    except ValueError as error:
        _, told, names = str(error).partition("breaks at: ")
        reasons = [BROKEN[name] for name in names.split(", ") if name in BROKEN] if told else []
        return Finding(kind, False, (" ; ".join(reasons) or "un prix sort de ses bornes") + ".")
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return Finding(kind, False, "il est incomplet ou mal formé.")
    if bound > document.get("bound", bound):
        return Finding(kind, False, f"la borne annoncée est {document['bound']}, la borne recalculée {bound}.")
    spent = sum(row[1] for row in applications if row[0] in set(document["funded"]))
    gap = "aucun choix ne vaut plus" if bound == value else f"aucun choix ne vaut plus de {bound}"
    return Finding(
        kind,
        True,
        f"{len(document['funded'])} dossiers retenus sur {len(applications)}, {spent / 100:.2f} € sur "
        f"{budget / 100:.2f} €, valeur {value} ({unit}) ; {gap}. Recalculés en entiers : empreinte, valeur, enveloppe, "
        "quotas, borne.",
    )


def check_draw(document: dict[str, Any]) -> Finding:
    """Draw again from the announcement, the secret and the randomness."""
    from essaim.cli.draw import announcement_of
    from essaim.engine.draw import Draw, DrawError, verify

    kind = "Tirage au sort"
    try:
        drawn = Draw(
            announcement=announcement_of(document["announcement"]),
            announcement_digest=document["announcement_digest"],
            randomness=document["randomness"],
            secret=document["secret"],
            order=tuple(document["order"]),
            keys=tuple(document["keys"]),
        )
        verify(drawn)
    except (BadInput, DrawError) as error:
        return Finding(kind, False, str(error))
    except (KeyError, TypeError, ValueError, AttributeError):
        return Finding(kind, False, "il est incomplet ou mal formé.")
    return Finding(
        kind,
        True,
        f"{len(drawn.order)} dossiers, premier : {drawn.order[0]}. Recalculés : annonce, engagement, ordre. "
        f"À comparer à la publication de drand : l’aléa du tour {drawn.announcement.drand_round}.",
    )


def check_announcement(document: dict[str, Any]) -> Finding:
    """The digest of an announcement, before the draw."""
    from essaim.cli.draw import announcement_of
    from essaim.engine.draw import DrawError, announce

    kind = "Annonce de tirage"
    try:
        made = announcement_of(document)
        same = announce(made.ids, made.commitment, made.drand_round) == made
    except (BadInput, DrawError) as error:
        return Finding(kind, False, str(error))
    if not same or made.digest() != document.get("announcement_digest", made.digest()):
        return Finding(kind, False, "son empreinte ne correspond pas à son contenu.")
    return Finding(kind, True, f"{len(made.ids)} dossiers, tour drand {made.drand_round}, empreinte {made.digest()}.")


def check_receipt(document: dict[str, Any]) -> Finding:
    """Signature, fingerprint of the content, list of files."""
    django_setup()
    from essaim.applications.queries import verify_receipt

    verdict = verify_receipt(document)
    return Finding("Récépissé de dépôt", verdict.ok, str(verdict.sentence))


def check_journal(text: str) -> Finding:
    """An exported journal: ranks in order, and for acts given whole, their digest; the root when none is missing."""
    from essaim.kernel import merkle

    kind, leaves, last, whole, head = "Registre exporté", [], -1, 0, None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if number == 1 and (head := read_head(line)) is not None:
            continue
        act = read_act(line)
        if act is None:
            return Finding(kind, False, f"la ligne {number} n’est pas un acte.")
        if act["seq"] <= last:
            return Finding(kind, False, f"l’acte de rang {act['seq']}, ligne {number}, est en double ou déplacé.")
        last = act["seq"]
        if {"log", "actor"} <= set(act):
            whole += 1
            if merkle.leaf_hash(canonical(act)).hex() != act["leaf"]:
                return Finding(kind, False, f"l’acte de rang {last}, ligne {number}, a été modifié.")
        leaves.append(bytes.fromhex(act["leaf"]))
    missing = last + 1 - len(leaves)
    told = f"{len(leaves)} actes dans l’ordre, dont {whole} recalculés en entier"
    if missing:
        return Finding(
            kind, True, f"{told}. {missing} actes non publics n’y sont pas : la racine n’est pas recalculée."
        )
    if head and (head["size"], head["root"]) != (len(leaves), merkle.root(leaves).hex()):
        return Finding(
            kind, False, "la racine recalculée n’est pas celle annoncée en tête, ou des actes manquent à la fin."
        )
    return Finding(kind, True, f"{told}. Racine recalculée : {merkle.root(leaves).hex()}.")


def read_head(line: str) -> dict[str, Any] | None:
    """The head an export may begin with (name, size and root of the record), or None."""
    try:
        head = json.loads(line)
    except ValueError:
        return None
    return head if isinstance(head, dict) and set(head) == {"log", "size", "root"} else None


def read_act(line: str) -> dict[str, Any] | None:
    """One act of an export, or None."""
    try:
        act = json.loads(line)
        sound = (
            (set(act) >= RECORD or set(act) == {"seq", "leaf"})
            and type(act["seq"]) is int
            and len(bytes.fromhex(act["leaf"])) == 32
        )
    except (ValueError, TypeError, RecursionError):
        return None
    return act if sound else None


def canonical(act: dict[str, Any]) -> bytes:
    """The bytes that are hashed: the fields of `journal.canonical`, as exported."""
    fields: Iterable[str] = ("log", "seq", "at", "actor", "role", "verb", "subject", "payload")
    kept = {name: act[name] for name in fields}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
