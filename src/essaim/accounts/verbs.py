"""What is journalled about accounts: ids and roles only, and nothing of it in the public record."""

from django.utils.translation import gettext_lazy as _

from essaim.kernel import journal

journal.declare("accounts.organisation_created", label=_("organisme créé"))
journal.declare("accounts.organisation_updated", label=_("organisme modifié"))
journal.declare("accounts.member_invited", label=_("personne invitée"))
journal.declare("accounts.invitation_accepted", label=_("invitation acceptée"))
journal.declare("accounts.invitation_withdrawn", label=_("invitation retirée"))
journal.declare("accounts.role_changed", label=_("rôle changé"))
journal.declare("accounts.member_left", label=_("personne sortie de l’organisme"))
journal.declare("accounts.data_exported", label=_("données personnelles exportées"))
journal.declare("accounts.account_closed", label=_("compte clos"))
journal.declare("accounts.vault_added", label=_("document rangé dans le coffre"))
journal.declare("accounts.vault_replaced", label=_("nouvelle version rangée dans le coffre"))
journal.declare("accounts.vault_dated", label=_("dates d’un document du coffre changées"))
journal.declare("accounts.vault_removed", label=_("document retiré du coffre"))
