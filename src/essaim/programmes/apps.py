from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """A public programme, the history of its envelope, its team, its versioned rules."""

    name = "essaim.programmes"
    label = "programmes"
    verbose_name = "Programmes"
