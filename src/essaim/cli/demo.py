"""The demonstration: the story of 2013 in the site's own database, and a practice season that is open today."""

import os
from datetime import timedelta
from pathlib import Path

import typer

from essaim.cli import django_setup

TOP_LEVEL = True
app = typer.Typer()


@app.command()
def demo() -> None:
    """Charge le programme « Fablabs 2013 » et la saison d’essai dans la base du site, s’ils n’y sont pas."""
    os.environ["ESSAIM_TASKS"] = "immediate"
    django_setup()
    from django.core.management import call_command

    forget_an_unfinished_story()
    call_command("migrate", verbosity=0, interactive=False)
    load_when_empty()


def under_way() -> Path:
    """The file that exists while the story is being written, and after a stop in the middle of it."""
    from django.conf import settings

    return Path(settings.DATA_DIR) / "histoire-en-cours"


def forget_an_unfinished_story() -> None:
    """Start afresh when the story was stopped in the middle: until its end, the database holds nothing of anyone's."""
    from django.conf import settings

    if not under_way().exists():
        return
    if os.environ.get("DATABASE_URL"):
        typer.echo("L’histoire a été interrompue : videz la base de démonstration, puis recommencez.", err=True)
        raise typer.Exit(1)
    typer.echo("La dernière fois, l’histoire a été interrompue : elle recommence depuis le début.", err=True)
    for path in Path(settings.DATA_DIR).glob("essaim.sqlite3*"):
        path.unlink()
    under_way().unlink()


def load_when_empty(opening: str = "") -> None:
    """Tell the story unless it is there, then open the practice season."""
    from essaim.programmes.models import Programme

    if not Programme.objects.filter(slug="fablabs-2013").exists():
        from essaim.cli.replay import tell

        typer.echo(
            f"{opening}\nPremier lancement : l’histoire de « Fablabs 2013 » s’y écrit, moins d’une minute.\n".lstrip()
        )
        under_way().touch()
        tell("fablabs-2013", seed=1, applications=154, start=None)
        open_the_practice_season()
        under_way().unlink()
    elif not Programme.objects.filter(slug="fablabs-essai").exists():
        open_the_practice_season()


def open_the_practice_season() -> None:
    """A Jam one can join and a call one can answer, open today for sixty days."""
    from django.conf import settings
    from django.db import transaction
    from django.utils.timezone import localdate, localtime

    from essaim.accounts.models import Person
    from essaim.calls.actions import load_call
    from essaim.calls.lifecycle import CALL
    from essaim.jams.actions import load_jam
    from essaim.jams.lifecycle import JAM
    from essaim.jams.models import Jam
    from essaim.kernel import clock
    from essaim.programmes import actions

    folder, at = Path(settings.PROGRAMMES_DIR) / "fablabs-essai", clock.now()
    with transaction.atomic():
        programme = actions.load_programme(folder, by=None, at=at)
        for role in ("officer", "decision_maker", "facilitator", "juror", "accountant"):
            for person in Person.objects.filter(
                programme_roles__programme__slug="fablabs-2013", programme_roles__role=role
            ):
                actions.join_team(programme, person=person, role=role, title="", by=None, at=at)
        facilitator = Person.objects.get(email="animateur@demo.example")
        officer = Person.objects.get(email="officier@demo.example")
        jam = load_jam(folder, programme=programme, by=facilitator, at=at)
        # The folder cannot know when the demonstration is installed.
        starts = localtime(at + timedelta(days=7)).replace(hour=9, minute=0, second=0, microsecond=0)
        Jam.objects.filter(pk=jam.pk).update(
            starts_at=starts, ends_at=starts + timedelta(hours=4), answers_due_on=localdate(at) + timedelta(days=40)
        )
        jam.refresh_from_db()
        JAM.perform(jam, "open", by=facilitator, at=at)
        call = load_call(
            folder,
            programme=programme,
            by=officer,
            at=at,
            opens_at=at,
            closes_at=localtime(at + timedelta(days=60)).replace(hour=23, minute=59, second=59, microsecond=0),
        )
        CALL.perform(call, "publish", by=officer, at=at)
