"""What people do with accounts and organisations: each act is checked, written and journalled in one transaction."""

from essaim.accounts.actions.invitations import accept, invite, withdraw
from essaim.accounts.actions.organisations import change_role, create_organisation, leave, update_organisation
from essaim.accounts.actions.people import close_account, open_account, record_export, update_profile
from essaim.accounts.actions.vault import add_to_vault, add_version, date_version, remove_from_vault

__all__ = [
    "accept",
    "add_to_vault",
    "add_version",
    "change_role",
    "close_account",
    "create_organisation",
    "date_version",
    "invite",
    "leave",
    "open_account",
    "record_export",
    "remove_from_vault",
    "update_organisation",
    "update_profile",
    "withdraw",
]
