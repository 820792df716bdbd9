from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Admissibility, experts, conflicts, assignments and reviews."""

    name = "essaim.reviews"
    label = "reviews"
    verbose_name = "Expertises"
