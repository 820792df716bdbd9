"""`essaim verify`: recompute what the site claims."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from essaim.cli import django_setup


class FileOrCommand(TyperGroup):
    """`essaim verify FILE` is `essaim verify file FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the sub-command before what is not one."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["file", *args]
        return super().parse_args(ctx, args)


HELP = "Recalcule et vérifie ce que le site affirme : essaim verify FICHIER dit ce que c’est, et si c’est juste."
app = typer.Typer(cls=FileOrCommand, help=HELP)


@app.callback(invoke_without_command=True)
def _group(
    ctx: typer.Context,
    standalone: Annotated[
        bool,
        typer.Option(help="Écrit le vérificateur de certificats : un script qui n’a besoin que de Python."),
    ] = False,
) -> None:
    from importlib.resources import files

    if standalone:
        typer.echo(files("essaim.engine").joinpath("certificate.py").read_text(encoding="utf-8"), nl=False)
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit(2)


@app.command("file")
def any_file(file: Annotated[Path, typer.Argument(help="Certificat, tirage, registre exporté ou récépissé.")]) -> None:
    """Dit ce qu’est un fichier publié, ce qui a été recalculé, et OK ou ce qui ne va pas."""
    from essaim.cli.proofs import check
    from essaim.cli.reading import answering

    with answering():
        finding = check(file)
    typer.echo(f"{'OK  ' if finding.ok else 'FAUX'}  {finding.kind} : {finding.sentence}")
    raise typer.Exit(0 if finding.ok else 1)


@app.command()
def journal() -> None:
    """Vérifie chaque registre : dit quel acte a été modifié, effacé, déplacé, ou si la fin manque."""
    django_setup()
    from django.db import DatabaseError

    from essaim.kernel.journal.verification import verify_all

    try:
        verdicts = verify_all()
    except DatabaseError:
        typer.echo("La base ne peut pas être lue : préparez-la d’abord avec essaim migrate.", err=True)
        raise typer.Exit(2) from None
    for verdict in verdicts:
        typer.echo(f"{'OK  ' if verdict.ok else 'FAUX'}  {verdict.log} : {verdict.sentence}")
        typer.echo(f"      racine {verdict.root}")
    raise typer.Exit(0 if all(verdict.ok for verdict in verdicts) else 1)


@app.command()
def receipt(file: Annotated[Path, typer.Argument(help="Le récépissé, au format JSON.")]) -> None:
    """Vérifie un récépissé de dépôt, hors ligne : signature, empreinte du contenu, liste des fichiers."""
    from essaim.cli.proofs import check_receipt
    from essaim.cli.reading import answering, read_json

    with answering():
        finding = check_receipt(read_json(file))
    typer.echo(f"{'OK  ' if finding.ok else 'FAUX'}  {finding.sentence}")
    raise typer.Exit(0 if finding.ok else 1)
