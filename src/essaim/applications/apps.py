from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """Written together, never lost, filed before the deadline, proven by a receipt."""

    name = "essaim.applications"
    label = "applications"
    verbose_name = "Candidatures"
