"""Calls for projects: check the folder a call is written in."""

from pathlib import Path
from typing import Annotated

import typer

from essaim.cli import django_setup

app = typer.Typer(help="Appels à projets écrits dans un dossier.", no_args_is_help=True)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Le dossier de l’appel.")],
) -> None:
    """Lit un dossier et dit chaque erreur, avec son fichier et sa ligne ; code de sortie 2 s’il y en a."""
    django_setup()
    from essaim.calls.actions import check_folder

    faults = check_folder(folder)
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        count = len(faults)
        typer.echo(f"{count} erreur{'s' if count > 1 else ''} à corriger dans {folder}.", err=True)
        raise typer.Exit(2)
    typer.echo(f"{folder} : rien à corriger, l’appel peut être chargé.")


@app.callback()
def _group() -> None:
    """Appels à projets écrits dans un dossier."""
