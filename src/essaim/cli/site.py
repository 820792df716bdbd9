"""Running the site: `run` (everything, for a demonstration), `serve`, `worker`, `tick`, `migrate`, `manage`."""

import os
import secrets
import signal
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from typing import Annotated

import typer

from essaim.cli import django_setup
from essaim.cli.processes import Kept, stop, watch

TOP_LEVEL = True
PLACES = 8  # requests one process works on at once; the others wait at the door, in order
app = typer.Typer()


@app.command()
def run(port: Annotated[int, typer.Option(help="Port du site.")] = 8000) -> None:
    """Prépare la base, ouvre le site, y écrit le programme « Fablabs 2013 » s’il n’y est pas, démarre l’agent."""
    if not is_free(port):
        typer.echo(
            f"Le port {port} est déjà pris : choisissez-en un autre, par exemple PORT={port + 1} make run.", err=True
        )
        raise typer.Exit(2)
    os.environ.setdefault("ESSAIM_SITE_URL", f"http://127.0.0.1:{port}")
    theirs = dict(os.environ)
    os.environ["ESSAIM_TASKS"] = "immediate"  # the story's own letters are made here, not by the worker
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins with it ignored
    children: list[Kept] = []
    stack = ExitStack()
    try:
        prepare()
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="essaim-"))
        children += open_site("127.0.0.1", port, workers=1, folder=folder, environment=theirs)
        wait_for_first_page(port, children)
        tell_the_story(port)
        children.append(Kept([sys.executable, "-m", "essaim", "worker"], theirs).start())
        greet(port)
        watch(children)
    except KeyboardInterrupt:
        pass
    finally:
        stop(children)
        stack.close()


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of the machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare() -> None:
    """Bring the database, the static files and the translations up to date."""
    django_setup()
    from django.core.management import call_command

    from essaim.cli.demo import forget_an_unfinished_story
    from essaim.ui import catalogues

    forget_an_unfinished_story()
    catalogues.compile_all()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


def tell_the_story(port: int) -> None:
    """Write the demonstration into the database when it is not there; the site is open meanwhile."""
    from django.conf import settings

    from essaim.cli.demo import load_when_empty

    if settings.DEMO:
        load_when_empty(f"Le site s’ouvre : http://127.0.0.1:{port}/")


def wait_for_first_page(port: int, children: list[Kept]) -> None:
    """Wait until the site answers, at most half a minute."""
    import urllib.error
    import urllib.request

    for _attempt in range(300):
        if not all(child.alive for child in children):
            typer.echo("Le serveur s’est arrêté en démarrant : son message est ci-dessus.", err=True)
            raise typer.Exit(1)
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)


def greet(port: int) -> None:
    """Say where the site is and who one can be."""
    from django.conf import settings

    address = f"http://127.0.0.1:{port}/"
    typer.echo(f"\n  Essaim est ouvert : {address}\n")
    if settings.DEMO:
        from essaim.accounts.models import Person

        typer.echo(f"  Comptes de démonstration (un clic, sans mot de passe) : {address}demonstration/")
        for person in Person.objects.demo_accounts():
            typer.echo(f"    {person.demo_role:<34} {person.email}")
    typer.echo("\n  Ctrl-C arrête tout ; les données restent dans var/.\n")


def open_site(host: str, port: int, *, workers: int, folder: str, environment: dict[str, str]) -> list[Kept]:
    """Start the processes that do the work, on a socket in `folder`, and the front door that stands before them."""
    socket_path = f"{folder}/essaim.sock"
    proxies = int(environment.get("ESSAIM_PROXY_COUNT", "0"))
    inside = environment | {
        "ESSAIM_TRUSTED_STAMP": environment.get("ESSAIM_TRUSTED_STAMP") or secrets.token_urlsafe(32),
        "ESSAIM_PROXY_COUNT": str(proxies + 1),
        "MALLOC_ARENA_MAX": environment.get("MALLOC_ARENA_MAX", "2"),  # threads share their heaps: less memory
    }
    django_setup()
    from django.conf import settings

    door = inside | {
        "ESSAIM_DOOR_SOCKET": socket_path,
        "ESSAIM_DOOR_PLACES": str(PLACES * workers),
        "ESSAIM_DOOR_PROXIES": str(proxies),
        "ESSAIM_DOOR_MOST_BYTES": str(settings.MAX_REQUEST_BYTES),
    }
    granian = [sys.executable, "-m", "granian", "--respawn-failed-workers", "--no-ws", "--log-level", "error"]
    work = [
        *[*granian, "--interface", "wsgi", "--uds", socket_path, "--workers", str(workers)],
        *["--blocking-threads", str(PLACES), "--backpressure", str(4 * PLACES), "essaim.config.wsgi:application"],
    ]
    front = [
        *[*granian, "--interface", "asginl", "--host", host, "--port", str(port), "--loop", "asyncio"],
        *["--backlog", "2048", "--backpressure", "2048", "essaim.config.door:application"],
    ]
    probed = inside | {"ESSAIM_PROBE_URL": environment.get("ESSAIM_PROBE_URL") or f"http://{_reached(host)}:{port}"}
    sounding = [sys.executable, "-m", "essaim", "probe"]
    return [Kept(work, inside).start(), Kept(front, door).start(), Kept(sounding, probed).start()]


def _reached(host: str) -> str:
    """The address at which this very machine reaches a site that listens on `host`."""
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not listened on


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Adresse d’écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port d’écoute.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processus.")] = 2,
) -> None:
    """Démarre le seul serveur du site (la base doit être à jour : `essaim migrate`)."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children: list[Kept] = []
    with tempfile.TemporaryDirectory(prefix="essaim-") as folder:
        try:
            children += open_site(host, port, workers=workers, folder=folder, environment=dict(os.environ))
            watch(children)
        except KeyboardInterrupt:
            pass
        finally:
            stop(children)


@app.command()
def worker() -> None:
    """Exécute les tâches en attente et les travaux périodiques, jusqu’à l’arrêt."""
    django_setup()
    from essaim.kernel.worker import run_worker

    run_worker()


@app.command()
def probe(
    address: Annotated[str, typer.Argument(help="Adresse à sonder ; sinon ESSAIM_PROBE_URL.")] = "",
) -> None:
    """Sonde le site toutes les quinze secondes, de l’extérieur : crée, enregistre, relit ; garde ce qu’elle mesure."""
    django_setup()
    from django.conf import settings

    from essaim.kernel import probe as measures

    measures.run((address or settings.PROBE_URL).rstrip("/"))


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
    """Passe une commande à Django : `essaim manage check`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["essaim manage", *context.args])
