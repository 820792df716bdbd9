from django.apps import AppConfig


class SelectionsConfig(AppConfig):
    """Scenarios under the envelope, ratification, and a reasoned decision for everyone."""

    name = "essaim.selections"
    label = "selections"
    verbose_name = "Sélections"
