"""Addresses of calls and of alerts."""

from django.urls import path

from essaim.calls.views import alerts, deadline, feeds, officer, public, versions
from essaim.calls.views.editor import form, parts, publishing, rules, texts

app_name = "calls"
PREPARE = "appels/<slug:slug>/preparer/"
CRITERION, DOCUMENT = {"thing": "criterion"}, {"thing": "document"}
EDITOR = [
    path("programmes/<slug:slug>/nouvel-appel/", publishing.begin, name="begin"),
    path(PREPARE, publishing.prepare, name="prepare"),
    path(f"{PREPARE}textes/", texts.texts, name="edit-texts"),
    path(f"{PREPARE}dates/", texts.dates, name="edit-dates"),
    path(f"{PREPARE}cadre/", texts.frame, name="edit-frame"),
    path(f"{PREPARE}formulaire/", form.form, name="edit-form"),
    path(f"{PREPARE}formulaire/section/", form.add_section, name="edit-add-section"),
    path(f"{PREPARE}formulaire/section/<slug:code>/", form.section, name="edit-section"),
    path(f"{PREPARE}formulaire/section/<slug:code>/changer/", form.change_section, name="edit-change-section"),
    path(f"{PREPARE}formulaire/question/", form.add_question, name="edit-add-question"),
    path(f"{PREPARE}formulaire/question/<slug:code>/", form.question, name="edit-question"),
    path(f"{PREPARE}formulaire/question/<slug:code>/changer/", form.change_question, name="edit-change-question"),
    path(f"{PREPARE}regles/", rules.rules, name="edit-rules"),
    path(f"{PREPARE}regles/nouvelle/", rules.add_rule, name="edit-add-rule"),
    path(f"{PREPARE}regles/<slug:code>/", rules.rule, name="edit-rule"),
    path(f"{PREPARE}regles/<slug:code>/changer/", rules.change_rule, name="edit-change-rule"),
    path(f"{PREPARE}regles/<slug:code>/condition/<slug:path>/", rules.check, name="edit-check-one"),
    path(f"{PREPARE}regles/<slug:code>/condition/<slug:path>/changer/", rules.change_check, name="edit-change-check"),
    path(f"{PREPARE}grille/", parts.grid, name="edit-grid"),
    path(f"{PREPARE}grille/critere/<slug:code>/", parts.criterion, name="edit-criterion"),
    path(f"{PREPARE}grille/critere/<slug:code>/changer/", parts.change, CRITERION, "edit-change-criterion"),
    path(f"{PREPARE}pieces/", parts.documents, name="edit-documents"),
    path(f"{PREPARE}pieces/piece/<slug:code>/", parts.document, name="edit-document"),
    path(f"{PREPARE}pieces/piece/<slug:code>/changer/", parts.change, DOCUMENT, "edit-change-document"),
    path(f"{PREPARE}grille/critere/", parts.add, CRITERION, "edit-add-criterion"),
    path(f"{PREPARE}pieces/piece/", parts.add, DOCUMENT, "edit-add-document"),
    path(f"{PREPARE}lettres/", parts.letters, name="edit-letters"),
    path(f"{PREPARE}lettres/<str:name>/", parts.letter, name="edit-letter"),
    path(f"{PREPARE}supprimer/<slug:thing>/<slug:code>/", form.delete, name="edit-delete"),
    path(f"{PREPARE}verifier/", publishing.check, name="edit-check"),
    path(f"{PREPARE}publier/", publishing.publish, name="publish"),
    path(f"{PREPARE}usuel/", publishing.fill, name="edit-fill"),
    path(f"{PREPARE}abandonner/", publishing.abandon, name="edit-abandon"),
]
urlpatterns = [
    path("appels/", public.calls, name="calls"),
    path("appels/flux.atom", feeds.atom, name="atom"),
    path("appels/calendrier.ics", feeds.calendar, name="calendar"),
    path("appels/<slug:slug>/", public.call, name="call"),
    path("appels/<slug:slug>/calendrier.ics", feeds.call_calendar, name="call_calendar"),
    path("appels/<slug:slug>/reglement/", public.rules, name="rules"),
    path("appels/<slug:slug>/reglement.json", feeds.rules_json, name="rules_json"),
    *EDITOR,
    path("appels/<slug:slug>/retirer/", officer.withdraw, name="withdraw"),
    path("appels/<slug:slug>/versions/", versions.versions, name="versions"),
    path("appels/<slug:slug>/versions/apercu/", versions.preview, name="preview"),
    path("appels/<slug:slug>/versions/dossier.zip", versions.folder, name="folder"),
    path("appels/<slug:slug>/versions/importer/", versions.bring, name="bring"),
    path("appels/<slug:slug>/versions/publier/", versions.publish, name="versions_publish"),
    path("appels/<slug:slug>/versions/abandonner/", versions.abandon, name="versions_abandon"),
    path("appels/<slug:slug>/cloture/", deadline.closing, name="closing"),
    path("appels/<slug:slug>/cloture/report/", deadline.propose, name="propose-extension"),
    path("appels/<slug:slug>/cloture/report/<int:pk>/", deadline.decide, name="decide-extension"),
    path("appels/<slug:slug>/cloture/codes/", deadline.give_code, name="give-late-code"),
    path("appels/<slug:slug>/cloture/codes/<int:pk>/annuler/", deadline.cancel_code, name="cancel-late-code"),
    path("appels/<slug:slug>/portee/", officer.reach, name="reach"),
    path("alertes/", alerts.subscribe, name="subscribe"),
    path("alertes/confirmer/<str:token>/", alerts.confirm, name="confirm"),
    path("alertes/arreter/<str:token>/", alerts.stop, name="stop"),
]
