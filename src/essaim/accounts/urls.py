"""Addresses of accounts. allauth's own names stay reversible, at French addresses."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.usersessions import views as sessions
from django.urls import include, path
from django.views.generic import RedirectView

from essaim.accounts import oidc
from essaim.accounts.views import account as own
from essaim.accounts.views import demonstration, invitations, organisations, second_factor, sign_in, vault

doors = [
    path("connexion/", sign_in.sign_in, name="account_login"),
    path("connexion/", sign_in.sign_in, name="account_request_login_code"),
    path("connexion/code/", sign_in.confirm_code, name="account_confirm_login_code"),
    path("connexion/cle/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("connexion/second-facteur/", factors.authenticate, name="mfa_authenticate"),
    path("inscription/", sign_in.sign_up, name="account_signup"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("desactive/", account.account_inactive, name="account_inactive"),
    path("adresse/", account.email, name="account_email"),
    path("adresse/code/", account.email_verification_sent, name="account_email_verification_sent"),
    path("identite/", account.reauthenticate, name="account_reauthenticate"),
    path("identite/second-facteur/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("identite/cle/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("mot-de-passe/", account.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", account.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/code/", account.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("mot-de-passe/oublie/nouveau/", account.complete_password_reset, name="account_complete_password_reset"),
    path("mot-de-passe/oublie/fait/", account.password_reset_from_key_done, name="account_password_reset_completed"),
    path("securite/", factors.index, name="mfa_index"),
    path("securite/application/", second_factor.activate_application, name="mfa_activate_totp"),
    path("securite/application/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("securite/secours/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("securite/secours/nouveaux/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("securite/secours/telecharger/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("securite/cles/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("securite/cles/ajouter/", second_factor.add_key, name="mfa_add_webauthn"),
    path("securite/cles/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("securite/cles/<int:pk>/retirer/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("identite-exterieure/", social.connections, name="socialaccount_connections"),
    path("identite-exterieure/annulee/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("identite-exterieure/erreur/", social.login_error, name="socialaccount_login_error"),
    path("identite-exterieure/inscription/", social.signup, name="socialaccount_signup"),
    path("identite-exterieure/<slug:provider_id>/", oidc.sign_in, name="openid_connect_login"),
    path("identite-exterieure/<slug:provider_id>/retour/", oidc.callback, name="openid_connect_callback"),
    # The addresses of allauth's documentation lead to ours.
    path("login/", RedirectView.as_view(pattern_name="account_login", permanent=True, query_string=True)),
    path("signup/", RedirectView.as_view(pattern_name="account_signup", permanent=True, query_string=True)),
]

pages = [
    path("compte/", own.home, name="home"),
    path("compte/profil/", own.profile, name="profile"),
    path("compte/messages/", own.message_list, name="messages"),
    path("compte/messages/<uuid:public_id>/", own.message, name="message"),
    path("compte/messages/<uuid:public_id>/lu/", own.mark_read, name="message_read"),
    path("compte/donnees/", own.data, name="data"),
    path("compte/donnees/export.json", own.export, {"kind": "json"}, name="export_json"),
    path("compte/donnees/export.zip", own.export, {"kind": "zip"}, name="export_zip"),
    path("compte/clore/", own.close, name="close"),
    path("compte/connexion/mot-de-passe/", sign_in.password_sign_in, name="password_sign_in"),
    path("organismes/", organisations.organisation_list, name="organisations"),
    path("organismes/nouveau/", organisations.create, name="organisation_create"),
    path("organismes/<uuid:public_id>/", organisations.organisation, name="organisation"),
    path("organismes/<uuid:public_id>/modifier/", organisations.edit, name="organisation_edit"),
    path("organismes/<uuid:public_id>/inviter/", organisations.invite, name="organisation_invite"),
    path(
        "organismes/<uuid:public_id>/invitations/<int:pk>/retirer/",
        organisations.withdraw,
        name="organisation_invitation_withdraw",
    ),
    path(
        "organismes/<uuid:public_id>/membres/<int:pk>/role/", organisations.change_role, name="organisation_member_role"
    ),
    path(
        "organismes/<uuid:public_id>/membres/<int:pk>/retirer/", organisations.leave, name="organisation_member_leave"
    ),
    path("organismes/<uuid:public_id>/coffre/", vault.vault, name="vault"),
    path("organismes/<uuid:public_id>/coffre/<uuid:document_id>/", vault.document, name="vault_document"),
    path("organismes/<uuid:public_id>/coffre/<uuid:document_id>/<int:number>/", vault.version, name="vault_version"),
    path("organismes/<uuid:public_id>/coffre/<uuid:document_id>/retirer/", vault.remove, name="vault_remove"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("demonstration/", demonstration.accounts, name="demonstration"),
    path("demonstration/<uuid:public_id>/", demonstration.enter, name="demonstration_enter"),
]

urlpatterns = [
    path("compte/", include(doors)),
    path("", include((pages, "accounts"))),
]
