from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and organisations."""

    name = "essaim.accounts"
    label = "accounts"
    verbose_name = "Comptes"
