from importlib import import_module

from django.apps import AppConfig


class SampleConfig(AppConfig):
    """Installed when ESSAIM_MODE=test."""

    name = "tests.kernel.sample"
    label = "sample"

    def ready(self):
        """Declare the access policy and the lifecycle, as the kernel does for our own apps."""
        for room in ("access", "lifecycle"):
            import_module(f"{self.name}.{room}")
