"""`essaim verify`: recompute what the site claims."""

import json
from pathlib import Path
from typing import Annotated

import typer

from essaim.cli import django_setup

app = typer.Typer(no_args_is_help=True, help="Recalcule et vérifie ce que le site affirme.")


@app.command()
def journal() -> None:
    """Vérifie chaque registre : dit quel acte a été modifié, effacé, déplacé, ou si la fin manque."""
    django_setup()
    from essaim.kernel.journal.verification import verify_all

    verdicts = verify_all()
    for verdict in verdicts:
        typer.echo(f"{'OK  ' if verdict.ok else 'FAUX'}  {verdict.log} : {verdict.sentence}")
        typer.echo(f"      racine {verdict.root}")
    raise typer.Exit(0 if all(verdict.ok for verdict in verdicts) else 1)


@app.command()
def receipt(file: Annotated[Path, typer.Argument(help="Le récépissé, au format JSON.", exists=True)]) -> None:
    """Vérifie un récépissé de dépôt, hors ligne : signature, empreinte du contenu, liste des fichiers."""
    django_setup()
    from essaim.applications.queries import verify_receipt

    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        document = {}
    verdict = verify_receipt(document if isinstance(document, dict) else {})
    typer.echo(f"{'OK  ' if verdict.ok else 'FAUX'}  {verdict.sentence}")
    raise typer.Exit(0 if verdict.ok else 1)


@app.callback()
def _group() -> None:
    """Recalcule et vérifie ce que le site affirme."""
