from django.apps import AppConfig


class CallsConfig(AppConfig):
    """The call for projects: published from a folder, explained, simulated, announced."""

    name = "essaim.calls"
    label = "calls"
    verbose_name = "Appels à projets"
