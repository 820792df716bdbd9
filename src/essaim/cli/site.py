"""Running the site: `run` (everything, for a demonstration), `serve`, `worker`, `tick`, `migrate`, `manage`."""

import os
import signal
import subprocess
import sys
import time
from typing import Annotated

import typer

from essaim.cli import django_setup

TOP_LEVEL = True
app = typer.Typer()


@app.command()
def run(port: Annotated[int, typer.Option(help="Port du site.")] = 8000) -> None:
    """Prépare la base, charge le programme « Fablabs 2013 » s’il n’y est pas, démarre le site et son agent."""
    os.environ.setdefault("ESSAIM_SITE_URL", f"http://127.0.0.1:{port}")
    wanted = os.environ.get("ESSAIM_TASKS")
    os.environ["ESSAIM_TASKS"] = "immediate"  # the story's own letters are made here, not by the worker
    prepare()
    os.environ.pop("ESSAIM_TASKS")
    if wanted:
        os.environ["ESSAIM_TASKS"] = wanted
    children = [
        subprocess.Popen(granian_command("127.0.0.1", port, workers=1)),  # noqa: S603 - our own command
        subprocess.Popen([sys.executable, "-m", "essaim", "worker"]),
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        greet(port)
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        typer.echo("Un des deux processus s’est arrêté : tout s’arrête.", err=True)
    except KeyboardInterrupt:
        pass
    finally:
        stop(children)


def prepare() -> None:
    """Bring the database, the static files, the translations and the demonstration up to date."""
    django_setup()
    from django.conf import settings
    from django.core.management import call_command

    from essaim.ui import catalogues

    catalogues.compile_all()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    if settings.DEMO:
        from essaim.cli.demo import load_when_empty

        load_when_empty()


def greet(port: int) -> None:
    """Wait for the first page, then say where it is and who one can be."""
    import urllib.error
    import urllib.request

    address = f"http://127.0.0.1:{port}/"
    for _attempt in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    from django.conf import settings

    typer.echo(f"\n  Essaim est ouvert : {address}\n")
    if settings.DEMO:
        from essaim.accounts.models import Person

        typer.echo(f"  Comptes de démonstration (sans mot de passe, un clic) : {address}demonstration/")
        for person in Person.objects.exclude(demo_role="").order_by("pk"):
            typer.echo(f"    {person.demo_role:<24} {person.email}")
    typer.echo("\n  Ctrl-C arrête tout ; les données restent dans var/.\n")


def stop(children: list["subprocess.Popen[bytes]"]) -> None:
    """Ask each process to end, then insist."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def granian_command(host: str, port: int, *, workers: int, threads: int = 16) -> list[str]:
    """The web server's command line; respawn, or the master dies with its workers."""
    return [
        *[sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)],
        *["--workers", str(workers), "--blocking-threads", str(threads), "--backpressure", "64"],
        *["--respawn-failed-workers", "--no-ws", "--log-level", "warning", "essaim.config.wsgi:application"],
    ]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Adresse d’écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port d’écoute.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processus.")] = 2,
) -> None:
    """Démarre le seul serveur du site (la base doit être à jour : `essaim migrate`)."""
    command = granian_command(host, port, workers=workers)
    os.execv(command[0], command)  # noqa: S606 - our own command


@app.command()
def worker() -> None:
    """Exécute les tâches en attente et les travaux périodiques, jusqu’à l’arrêt."""
    django_setup()
    from essaim.kernel.worker import run_worker

    run_worker()


@app.command()
def tick() -> None:
    """Lance une fois les travaux périodiques dus (pour cron ou un minuteur)."""
    django_setup()
    from essaim.kernel import clock, tasks

    tasks.tick(at=clock.now())


@app.command()
def migrate() -> None:
    """Met la base à jour."""
    django_setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Passe une commande à Django : `essaim manage check`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["essaim manage", *context.args])
