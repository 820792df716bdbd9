"""Calls for projects: the folder a call is written in, checked, tried, compared, exported and imported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from essaim.cli import django_setup

app = typer.Typer(help="Appels à projets écrits dans un dossier.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Le dossier de l’appel.")]


@app.command()
def check(folder: Folder) -> None:
    """Lit un dossier et dit chaque erreur, avec son fichier et sa ligne ; code de sortie 2 s’il y en a."""
    django_setup()
    from essaim.calls.actions import check_folder

    _stop_on(check_folder(folder), folder)
    typer.echo(f"{folder} : rien à corriger, l’appel peut être chargé.")


def _stop_on(faults: list[Any], folder: Path) -> None:
    """Say every fault and stop with code 2; nothing happens when there is none."""
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        count = len(faults)
        typer.echo(f"{count} erreur{'s' if count > 1 else ''} à corriger dans {folder}.", err=True)
        raise typer.Exit(2)


@app.command()
def diff(before: Folder, after: Folder) -> None:
    """Dit en mots ce qui change d’un dossier à l’autre ; code de sortie 1 s’il y a un changement, 0 sinon."""
    django_setup()
    from essaim.calls.actions import check_folder, read_folder
    from essaim.calls.queries.diff import by_part
    from essaim.calls.queries.diff import diff as compared

    for folder in (before, after):
        _stop_on(check_folder(folder), folder)
    found = compared(read_folder(before), read_folder(after))
    for name, changes in by_part(found):
        typer.echo(f"\n{name}")
        for change in changes:
            typer.echo(f"  {change.sentence}")
            for aspect in change.aspects:
                typer.echo(f"    {aspect.label + ' : ' if aspect.label else ''}{aspect.plain}")
    typer.echo(f"\n{len(found)} changement{'s' if len(found) > 1 else ''}." if found else "Aucun changement.")
    raise typer.Exit(1 if found else 0)


@app.command()
def export(
    slug: Annotated[str, typer.Argument(help="L’adresse de l’appel.")],
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Le dossier à écrire.")],
    edition: Annotated[bool, typer.Option("--edition", help="La version en cours d’écriture.")] = False,
) -> None:
    """Écrit un appel comme le dossier d’où il pourrait être lu."""
    django_setup()
    from essaim.calls.actions import export_files, write_folder, written_edition

    call = _call(slug)
    written = write_folder(export_files(call, written_edition(call) if edition else None), folder)
    typer.echo(f"{len(written)} fichiers écrits dans {folder}.")


@app.command("import")
def import_(
    folder: Folder,
    programme: Annotated[str, typer.Option(help="Le programme, pour un appel nouveau.")] = "",
    reason: Annotated[str, typer.Option(help="La raison publique, en français : publie la version.")] = "",
    reason_en: Annotated[str, typer.Option(help="La même raison, en anglais.")] = "",
) -> None:
    """Lit un dossier : un appel nouveau ou en préparation est rempli ; un appel publié reçoit une version à publier."""
    django_setup()
    from essaim.calls.actions import check_folder, files_of, import_into, load_call, publish_edition, read_folder
    from essaim.calls.models import Call
    from essaim.kernel import clock
    from essaim.kernel.bilingual import Bilingual
    from essaim.kernel.workflow import Refused
    from essaim.programmes.models import Programme

    _stop_on(check_folder(folder), folder)
    slug, at = read_folder(folder)["call"]["slug"], clock.now()
    call = Call.objects.filter(slug=slug).select_related("programme", "rule_set").first()
    try:
        if call is None or call.state == "draft":
            home = call.programme if call else Programme.objects.filter(slug=programme).first()
            if home is None:
                typer.echo("Dites le programme de cet appel nouveau : --programme ADRESSE.", err=True)
                raise typer.Exit(2)
            loaded = load_call(folder, programme=home, by=None, at=at)
            typer.echo(f"{loaded.slug} : en préparation, version {loaded.rule_set.number if loaded.rule_set else 0}.")
            return
        edition = import_into(call, files_of(folder), by=None, at=at)
        if not reason:
            typer.echo(f"{slug} : la version est prête ; relisez-la et publiez-la avec sa raison, à l’écran.")
            return
        version = publish_edition(edition, reason=Bilingual(fr=reason, en=reason_en), by=None, at=at)
        typer.echo(f"{slug} : version {version.number} publiée, empreinte {version.sha256}.")
    except Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from None


def _call(slug: str) -> Any:
    from essaim.calls.models import Call

    call = Call.objects.filter(slug=slug).select_related("rule_set").first()
    if call is None:
        typer.echo(f"Aucun appel n’a l’adresse « {slug} ».", err=True)
        raise typer.Exit(2)
    return call


@app.command()
def test(folder: Folder) -> None:
    """Essaie les exemples du dossier (examples/*.toml) ; code de sortie 1 si l’un ne donne pas ce qu’il attend."""
    django_setup()
    from rich.console import Console
    from rich.table import Table

    from essaim.applications.queries.specimen import try_examples
    from essaim.calls.actions import check_folder, files_of, read_folder

    _stop_on(check_folder(folder), folder)
    sources = {name: body.decode() for name, body in files_of(folder).items()}
    tried = try_examples(read_folder(folder), sources)
    table = Table("Exemple", "Verdict", "Règles non respectées", "Attendu")
    for one in tried:
        unmet = ", ".join(found.rule for found in one.findings if found.status == "not_met")
        table.add_row(one.name, one.verdict, unmet, "différent" if one.differences else "conforme")
    console = Console()
    console.print(table)
    for one in tried:
        for sentence in one.differences:
            console.print(f"{one.name} : {sentence}", style="red", soft_wrap=True, markup=False)
    wrong = sum(bool(one.differences) for one in tried)
    console.print(f"{len(tried)} exemples, {wrong} à revoir." if tried else "Aucun exemple dans examples/.")
    raise typer.Exit(1 if wrong else 0)
