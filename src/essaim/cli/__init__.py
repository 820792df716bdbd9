"""The `essaim` command. Each group of commands is one file; Django is only started by the commands that need it."""

import importlib
import os
import pkgutil

import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "essaim.config.settings")
# One thread for linear algebra: the same numbers on every machine, and ten times faster on one that is busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

main = typer.Typer(
    no_args_is_help=True,
    help="Essaim : d’une idée dite dans un atelier à un lieu qui ouvre sur la carte.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def django_setup() -> None:
    """Start Django; called first by the commands that need the database."""
    import django

    django.setup()


def _add_commands() -> None:
    """Each module of this package gives `app`: a group named after it, or, when `TOP_LEVEL`, plain commands."""
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        if getattr(module, "TOP_LEVEL", False):
            main.registered_commands.extend(module.app.registered_commands)
        elif hasattr(module, "app"):
            main.add_typer(module.app, name=found.name.replace("_", "-"))


_add_commands()
