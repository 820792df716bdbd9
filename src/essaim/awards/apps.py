from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """Letters, agreements, payments and reports."""

    name = "essaim.awards"
    label = "awards"
    verbose_name = "Conventions"
