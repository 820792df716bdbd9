"""For those who change Essaim: generated documents and translations."""

from pathlib import Path
from typing import Annotated

import typer

from essaim.cli import django_setup

TOP_LEVEL = True
app = typer.Typer()


@app.command()
def messages(
    check: Annotated[bool, typer.Option("--check", help="Échoue s’il manque une traduction.")] = False,
    compile_only: Annotated[bool, typer.Option("--compile", help="Compile seulement.")] = False,
) -> None:
    """Met à jour les catalogues anglais, les vérifie ou les compile."""
    django_setup()
    from essaim.ui import catalogues

    if check:
        problems = [problem for part in catalogues.apps() for problem in catalogues.check(part)]
        for problem in problems:
            typer.echo(problem, err=True)
        raise typer.Exit(1 if problems else 0)
    if not compile_only:
        for part in catalogues.apps():
            catalogues.update(part)
    catalogues.compile_all()


@app.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Échoue si un document engendré est périmé.")] = False,
) -> None:
    """Écrit docs/lifecycles.md d’après les tables de transitions, ou vérifie qu’il est à jour."""
    django_setup()
    from django.conf import settings

    from essaim.kernel.lifecycles_doc import document

    path = Path(settings.ROOT_DIR) / "docs" / "lifecycles.md"
    text = document()
    if not check:
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        typer.echo("docs/lifecycles.md is stale: run make docs", err=True)
        raise typer.Exit(1)
