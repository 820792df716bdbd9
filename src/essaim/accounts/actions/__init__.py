"""What people do with accounts and organisations: each act is checked, written and journalled in one transaction."""

from essaim.accounts.actions.invitations import accept, invite, withdraw
from essaim.accounts.actions.organisations import change_role, create_organisation, leave, update_organisation
from essaim.accounts.actions.people import close_account, open_account, record_export, update_profile

__all__ = [
    "accept",
    "change_role",
    "close_account",
    "create_organisation",
    "invite",
    "leave",
    "open_account",
    "record_export",
    "update_organisation",
    "update_profile",
    "withdraw",
]
