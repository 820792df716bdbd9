"""`essaim draw`: a public draw by lot that nobody can bias: announce, wait for the drand round, reveal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from essaim.cli.reading import Table
    from essaim.engine.draw import Announcement

app = typer.Typer(help="Tirage au sort que chacun peut refaire.", no_args_is_help=True)


@app.command()
def announce(
    drand_round: Annotated[int, typer.Option("--round", help="Numéro du tour drand, à venir.", min=1)],
    secret: Annotated[Path, typer.Option(help="Fichier du secret, créé s’il n’existe pas ; à garder pour soi.")],
    ids: Annotated[str, typer.Option(help="Identifiants à départager, séparés par des virgules.")] = "",
    file: Annotated[Path | None, typer.Option(help="Ou un CSV avec une colonne id.")] = None,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à publier avant le tour.")] = None,
) -> None:
    """Fixe qui est départagé, le tour drand et l’engagement sur un secret ; à publier avant ce tour."""
    from dataclasses import asdict

    from essaim.cli.reading import BadInput, answering, listed, read_table
    from essaim.cli.writing import note, write
    from essaim.engine import draw as engine

    with answering():
        if bool(ids) == bool(file):
            raise BadInput("Dites qui est départagé : --ids A,B,C ou --file FICHIER, l’un des deux.")
        labels = labels_of(read_table(file, "id")) if file else listed(ids)
        twice = next((label for rank, label in enumerate(labels) if label in labels[:rank]), None)
        if twice is not None:
            raise BadInput(f"Le dossier « {twice} » figure deux fois.")
        if len(labels) < 2:
            raise BadInput("Un tirage au sort départage au moins deux dossiers.")
        made = engine.announce(labels, engine.commitment(secret_of(secret)), drand_round)
        write(asdict(made) | {"announcement_digest": made.digest()}, out)
        note(f"Publiez l’annonce, d’empreinte {made.digest()}, avant le tour {drand_round}.")


@app.command()
def reveal(
    announcement: Annotated[Path, typer.Argument(help="L’annonce publiée.")],
    secret: Annotated[Path, typer.Option(help="Fichier du secret.")],
    randomness: Annotated[str, typer.Option(help="L’aléa du tour, publié par drand : 64 chiffres hexadécimaux.")],
    digest: Annotated[
        str, typer.Option(help="Empreinte de l’annonce, telle que publiée (sinon celle du fichier).")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à publier.")] = None,
) -> None:
    """Tire l’ordre complet, une fois le tour publié ; « essaim verify » le recalcule."""
    from dataclasses import asdict

    from essaim.cli.reading import BadInput, answering, read_json
    from essaim.cli.writing import note, write
    from essaim.engine import draw as engine

    with answering():
        found = read_json(announcement, "ids", "commitment", "drand_round", "group_digest", "announcement_digest")
        made = announcement_of(found)
        if not secret.is_file():
            raise BadInput(f"Le fichier « {secret} » n’existe pas.")
        drawn = engine.reveal(
            made, announcement_digest=digest or found["announcement_digest"], drand_round=made.drand_round,
            randomness=randomness_of(randomness), secret=secret.read_bytes(),
        )  # fmt: skip
        write({"kind": engine.KIND} | asdict(drawn), out)
        note(f"Ordre tiré : {', '.join(drawn.order)}.")


def labels_of(table: "Table") -> list[str]:
    """The identifiers of a file, each once."""
    table.unique("id")
    return [row.text("id") for row in table]


def secret_of(path: Path) -> bytes:
    """The secret of a file; 32 bytes that nobody can guess are written when there is none."""
    import os
    import secrets

    from essaim.cli.reading import BadInput

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        secret = path.read_bytes()
    except FileExistsError:
        secret = path.read_bytes()
    except OSError:
        raise BadInput(f"« {path} » ne peut pas être écrit.") from None
    if len(secret) < 16:
        raise BadInput("Le secret doit avoir au moins 16 octets : un plus court pourrait être deviné.")
    return secret


def randomness_of(text: str) -> bytes:
    """32 bytes in hexadecimal."""
    from essaim.cli.reading import BadInput

    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise BadInput("--randomness : l’aléa d’un tour drand s’écrit en 64 chiffres hexadécimaux.")
    return found


def announcement_of(found: dict[str, Any]) -> "Announcement":
    """The announcement of a JSON document; BadInput when it cannot be one."""
    from essaim.cli.reading import BadInput
    from essaim.engine.draw import KIND, Announcement

    ids = found.get("ids")
    texts = [found.get("commitment"), found.get("group_digest"), *(ids if isinstance(ids, list) else [None])]
    if not all(isinstance(text, str) for text in texts) or type(found.get("drand_round")) is not int:
        raise BadInput("Cette annonce de tirage est incomplète.")
    return Announcement(
        tuple(found["ids"]), found["commitment"], found["drand_round"], found["group_digest"], found.get("kind", KIND)
    )
