from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    """The mechanisms; as the last act of loading, finds what each part declares."""

    name = "essaim.kernel"
    label = "kernel"
    verbose_name = "Noyau"

    def ready(self) -> None:
        """Load access policies, lifecycles and reactions of every part, then the journal's triggers and checks."""
        from essaim.kernel import checks, collection, mail  # noqa: F401, PLC0415 - need the app registry
        from essaim.kernel.files import uploads  # noqa: F401, PLC0415 - needs the app registry
        from essaim.kernel.journal.triggers import install_after_migrate  # noqa: PLC0415 - needs the app registry

        for config in apps.get_app_configs():
            if config.name.startswith("essaim."):
                for room in ("access", "lifecycle", "reactions", "tasks"):
                    name = f"{config.name}.{room}"
                    if find_spec(name):
                        import_module(name)
        post_migrate.connect(install_after_migrate, dispatch_uid="kernel.journal.triggers")
