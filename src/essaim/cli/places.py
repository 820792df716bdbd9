"""Places: load the territory, import known places from a file, count them."""

from pathlib import Path
from typing import Annotated

import typer

from essaim.cli import django_setup

app = typer.Typer(help="Territoire et lieux connus.", no_args_is_help=True)
SHOWN = 30


@app.command()
def load() -> None:
    """Charge les régions, départements et communes de référence ; peut être relancée."""
    django_setup()
    from essaim.kernel import clock
    from essaim.places import actions

    outcome = actions.load_reference(at=clock.now())
    typer.echo(f"Territoire : {outcome.added} ajouts, {outcome.changed} changements, {outcome.unchanged} inchangés.")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV ou GeoJSON.")],
    source: Annotated[str, typer.Option(help="D’où viennent ces lieux (par défaut, le nom du fichier).")] = "",
    kind: Annotated[
        str,
        typer.Option(help="Nature des lieux qui ne la disent pas : fablab, epn, tiers_lieu, france_services, other."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Lit et vérifie, n’écrit rien.")] = False,
    skip_invalid: Annotated[
        bool,
        typer.Option("--skip-invalid", help="Importe les lignes valables, écrit les autres dans FICHIER.refus.csv."),
    ] = False,
) -> None:
    """Importe des lieux connus : tout le fichier, ou rien si une ligne est refusée."""
    django_setup()
    from essaim.kernel import clock
    from essaim.places import actions, imports
    from essaim.places.models import PlaceKind

    if kind and kind not in PlaceKind.values:
        raise typer.BadParameter(f"« {kind} » est inconnu ; écrivez {', '.join(PlaceKind.values)}.")
    rows, errors = imports.read_places(file, kind=kind)
    show([remark for row in rows for remark in row.remarks], "remarques")
    show([str(error) for error in errors], "lignes refusées", err=True)
    if errors and not (skip_invalid and rows):
        typer.echo(
            f"Rien n’a été importé : {len(errors)} refus ; corrigez le fichier, ou ajoutez --skip-invalid.", err=True
        )
        raise typer.Exit(1)
    if dry_run:
        typer.echo(f"{len(rows)} lieux seraient importés ; rien n’a été écrit.")
        return
    outcome = actions.import_places(rows, source=source or file.stem, by=None, at=clock.now())
    typer.echo(
        f"{len(rows)} lieux : {outcome.added} ajoutés, {outcome.changed} modifiés, {outcome.unchanged} inchangés."
    )
    if errors:
        typer.echo(f"{len(errors)} lignes refusées, à corriger dans {imports.write_refused(errors, file)}.", err=True)


def show(sentences: list[str], what: str, *, err: bool = False) -> None:
    """The first sentences, then how many there are in all."""
    for sentence in sentences[:SHOWN]:
        typer.echo(sentence, err=err)
    if len(sentences) > SHOWN:
        typer.echo(f"… {len(sentences)} {what} en tout.", err=err)


@app.command()
def stats() -> None:
    """Compte les communes et les lieux connus, par source et par nature."""
    django_setup()
    from django.db.models import Count
    from rich.console import Console
    from rich.table import Table

    from essaim.places.models import Commune, KnownPlace, PlaceKind

    table = Table("Source", "Nature", "Lieux", "Communes", "Inventés", title=f"{Commune.objects.count()} communes")
    counts = KnownPlace.objects.order_by("source", "kind").values_list("source", "kind", "invented")
    for source, kind, invented, places, communes in counts.annotate(
        places=Count("pk"), communes=Count("commune", distinct=True)
    ):
        label = str(PlaceKind(kind).label)
        table.add_row(source, label, str(places), str(communes), "oui" if invented else "non")
    Console().print(table)
