"""`essaim replay`: the whole story, headless, on a throwaway database; `essaim demo`: the same into the site's own."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from essaim.cli import django_setup

TOP_LEVEL = True
app = typer.Typer()


@app.command()
def replay(
    programme: Annotated[str, typer.Argument(help="Le programme à rejouer.")] = "fablabs-2013",
    json_path: Annotated[Path | None, typer.Option("--json", help="Où écrire le compte rendu.")] = None,
    seed: Annotated[int, typer.Option(help="Graine du hasard : la même donne le même résultat.")] = 1,
    applications: Annotated[int, typer.Option(help="Nombre de candidatures.", min=8, max=2000)] = 154,
    at: Annotated[str | None, typer.Option(help="Début de l’histoire, par exemple 2013-06-20T08:00:00+00:00.")] = None,
) -> None:
    """Rejoue toute l’histoire par les mêmes actions que le site, sur une base jetable, et en rend compte."""
    start = parse_instant(at)
    place = Path(tempfile.mkdtemp(prefix="essaim-replay-"))
    os.environ.update(ESSAIM_DATA_DIR=str(place), ESSAIM_TASKS="immediate", ESSAIM_MODE="demo")
    os.environ.pop("DATABASE_URL", None)
    try:
        django_setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        result = tell(programme, seed=seed, applications=applications, start=start)
        summarise(result)
        if json_path:
            json_path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def parse_instant(text: str | None) -> datetime | None:
    """An instant with its offset, or a sentence and exit 2."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        typer.echo(f"« {text} » n’est pas un instant : écrivez par exemple 2013-06-20T08:00:00+00:00.", err=True)
        raise typer.Exit(2)
    return found


def tell(programme: str, *, seed: int, applications: int, start: datetime | None) -> dict[str, Any]:
    """Tell the story into the current database, with progress bars, and return its account."""
    from django.conf import settings
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from essaim.cli.story import account, apply, begin, choose, telling

    if not (Path(settings.PROGRAMMES_DIR) / programme / "programme.toml").exists():
        typer.echo(f"Il n’y a pas de programme « {programme} » dans {settings.PROGRAMMES_DIR}.", err=True)
        raise typer.Exit(2)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=False) as bars:

        def progress(title: str, items: Sequence[Any]) -> Iterable[Any]:
            return bars.track(items, description=title)

        story = telling.Story(
            seed=seed, applications=applications, start=start or telling.BASE, slug=programme, progress=progress
        )
        for part in (
            begin.found_the_programme, begin.hold_the_jam, begin.answer_every_proposal, apply.open_the_call,
            apply.write_applications, apply.examine, choose.review, choose.choose, choose.award,
        ):  # fmt: skip
            part(story)
        return account.account(story)


def summarise(result: dict[str, Any]) -> None:
    """The account as a table."""
    from rich.console import Console
    from rich.table import Table

    from essaim.ui.formats import money, number

    jam, files, found = result["jam"], result["applications"], result["selection"]
    rows = [
        ("Jam", f"{jam['participants']} participants, {jam['cards']} cartes"),
        ("Propositions", f"{jam['proposals']} présentées, {jam['answered']} répondues, {jam['retained']} retenues"),
        ("Candidatures", f"{files['filed']} déposées de {files['regions']} régions, {files['refused_late']} trop tard"),
        ("Recevabilité", f"{files['inadmissible']} irrecevables, {files['ineligible']} inéligibles"),
        ("Expertises", f"{result['reviews']['done']} rendues, {result['reviews']['conflicts']} déports"),
        ("Choix", f"{found['funded']} retenus, {money(found['granted_cents'])} sur {money(found['budget_cents'])}"),
        ("Desservis en plus", f"{number(found['newly_covered_population'])} habitants"),
        ("Écart à l’optimum", f"{found['gap']:.6f}"),
        ("Décisions", f"{result['decisions']['notified']} notifiées, {result['decisions']['with_reasons']} motivées"),
        ("Conventions", f"{result['awards']['agreements']}, {money(result['awards']['paid_cents'])} versés"),
        ("Registre", f"{result['journal']['events']} actes, racine {result['journal']['head'][:16]}…"),
    ]
    table = Table(title="Fablabs 2013, rejoué (personnes et dossiers inventés)")
    table.add_column("Étape")
    table.add_column("Compte")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
