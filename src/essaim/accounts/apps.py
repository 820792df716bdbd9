from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and organisations."""

    name = "essaim.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        """Declare the verbs, the invitation scope, what is exported of a person, and start each session's record."""
        from essaim.accounts import actions, exports, verbs  # noqa: F401, PLC0415 - they need the app registry
