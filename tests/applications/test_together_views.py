"""The pages of writing together, over HTTP only, without JavaScript."""

import pytest
from django.test import Client

from essaim.accounts import actions as accounts
from essaim.applications import actions
from essaim.applications.models import Application, Guest
from essaim.kernel import clock
from tests.factories import applications as factories
from tests.factories.applications import SUMMER, member
from tests.factories.jams import PersonFactory
from tests.page import check_page

pytestmark = pytest.mark.django_db
FRENCH = {"accept-language": "fr"}


@pytest.fixture(autouse=True)
def summer():
    with clock.telling(SUMMER):
        yield


@pytest.fixture
def client():
    return Client(headers=FRENCH)


def signed_in(person):
    client = Client(headers=FRENCH)
    client.force_login(person)
    return client


def url(application, page=""):
    return f"/candidatures/{application.public_id}/{page}"


def hidden(page, name):
    return page.select("input", name=name)[0].get("value")


def begin(client, call, **numbers):
    return client.post(f"/appels/{call.slug}/candidater/", {"direct": "1", **numbers})


def test_one_writes_without_an_account_and_the_draft_follows_to_the_account(client, call):
    begun = begin(client, call, cout="180 000", demande="110 000")
    draft = Application.objects.get()
    assert begun.url == url(draft, "organisme/")
    page = check_page(client.get(begun.url))
    assert "Vous écrivez sans compte" in page.text
    title = {"title": "Écrit sans compte", "seen": hidden(check_page(client.get(url(draft, "projet/"))), "seen")}
    client.post(url(draft, "projet/"), title)
    draft.refresh_from_db()
    assert (draft.title, draft.cost_cents) == ("Écrit sans compte", 18_000_000)
    for closed in ("pieces/", "verifier/", "membres/"):
        assert client.get(url(draft, closed)).url == f"/compte/connexion/?next={url(draft, closed)}"
    assert Client().get(url(draft, "projet/")).status_code == 302
    person = PersonFactory()
    from essaim.applications.views.guests import claim_drafts

    request = client.get(url(draft)).wsgi_request
    claim_drafts(request, person, at=SUMMER)
    assert signed_in(person).get(url(draft, "pieces/")).status_code == 200
    assert client.get(url(draft, "projet/")).status_code == 302


def test_a_made_up_cookie_is_nobody(client, call, django_assert_num_queries):
    from essaim.applications.views.guests import guest_in

    begin(client, call)
    request = client.get(url(Application.objects.get())).wsgi_request
    assert guest_in(request) is not None
    request.COOKIES["brouillon"] = "x" * 40
    with django_assert_num_queries(0):
        assert guest_in(request) is None
    assert Guest.objects.count() == 1


def test_whoever_has_a_draft_already_chooses(client, call):
    begin(client, call)
    page = check_page(begin(client, call))
    assert "Vous avez déjà un brouillon pour cet appel" in page.text
    assert Application.objects.count() == 1


def test_what_was_typed_when_the_session_had_ended_comes_back_after_sign_in(draft, owner):
    client = signed_in(owner)
    seen = hidden(check_page(client.get(url(draft, "projet/"))), "seen")
    client.logout()
    typed = {"title": "Écrit après la fin de la session", "access": "Le soir\n& le matin", "seen": seen}
    answer = client.post(url(draft, "projet/"), typed)
    assert answer.url == f"/compte/connexion/?next={url(draft, 'projet/')}%3Frepris%3D1"
    client.force_login(owner)
    page = check_page(client.get(url(draft, "projet/") + "?repris=1"))
    assert "Votre session s’était terminée" in page.text
    assert page.select("input", name="title")[0].get("value") == typed["title"]
    assert "Le soir\n& le matin" in page.select("textarea", name="access")[0].text
    draft.refresh_from_db()
    assert draft.title != typed["title"]
    client.post(url(draft, "projet/"), {**typed, "seen": hidden(page, "seen")})
    draft.refresh_from_db()
    assert (draft.title, draft.answers["access"]) == (typed["title"], "Le soir\n& le matin")
    assert "Votre session" not in check_page(client.get(url(draft, "projet/") + "?repris=1")).text


def test_a_script_without_a_session_is_told_so(client, draft):
    answer = client.post(url(draft, "projet/"), {"title": "x"}, headers={"X-Requested-With": "autosave"})
    assert answer.status_code == 401
    assert answer.json()["sentence"] == (
        "Votre session est terminée\xa0: connectez-vous, votre texte reste sur cette page."
    )


def test_the_commune_is_written_in_the_page(draft, owner):
    factories.rennes()
    client = signed_in(owner)
    Application.objects.filter(pk=draft.pk).update(commune=None)
    seen = {"seen": hidden(check_page(client.get(url(draft, "projet/"))), "seen"), "outreach_commitment": "on"}
    client.post(url(draft, "projet/"), {"lieu": "renn", **seen})
    draft.refresh_from_db()
    assert draft.commune_id == "35238"
    page = check_page(client.post(url(draft, "projet/"), {"lieu": "Nulle-Part", **seen}), status=422)
    assert "Aucune commune ne porte le nom «\xa0Nulle-Part\xa0»" in page.text


def test_versions_are_read_and_taken_back(draft, owner):
    client, before = signed_in(owner), draft.answers["title"]
    actions.save_answers(draft, {"title": "Autre nom"}, version=draft.version, by=owner, at=SUMMER)
    first = draft.versions.filter(code="title").earliest("pk")
    page = check_page(client.get(url(draft, "versions/title/")))
    assert page.h1.startswith("Versions")
    client.post(url(draft, "versions/title/"), {"version": first.pk})
    draft.refresh_from_db()
    assert draft.title in (before, "Autre nom")
    assert client.get(url(draft, "versions/rien/")).status_code == 404
    check_page(client.get(url(draft, "versions/place/")))


def test_members_comments_and_copying_have_their_pages(draft, owner, officer, call):
    client = signed_in(owner)
    page = check_page(client.get(url(draft, "membres/")))
    assert "Peuvent déposer\xa0: Nadia Porteuse." in page.text
    client.post(url(draft, "membres/"), {"invite": "1", "email": "camille@example.org", "role": "editor"})
    assert "camille@example.org" in check_page(client.get(url(draft, "membres/"))).text
    assert client.post(url(draft, "membres/"), {"invite": "1", "email": "x", "role": "editor"}).status_code == 422
    client.post(url(draft, "commentaires/budget/"), {"text": "Le plan est juste."})
    assert "Le plan est juste." in check_page(client.get(url(draft, "commentaires/budget/"))).text
    thread = draft.comments.get()
    client.post(url(draft, "commentaires/budget/"), {"regler": thread.pk})
    assert "1 échange réglé" in check_page(client.get(url(draft, "commentaires/budget/"))).text
    actions.file_application(draft, by=owner, at=SUMMER, key="k")
    for page in ("membres/", "commentaires/budget/", "versions/title/", "copier/"):
        assert signed_in(officer).get(url(draft, page)).status_code == 404
    new = actions.start(call, by=owner, at=SUMMER)
    check_page(client.get(url(new, "copier/")))
    parts = {"source": draft.public_id, "parts": ["budget", "place"]}
    assert "Le plan de financement" in check_page(client.post(url(new, "copier/"), parts)).text


def test_two_people_see_each_other(draft, owner):
    camille = member(draft.organisation, "editor")
    camille.name = "Camille Petit"
    camille.save()
    signed_in(camille).post(url(draft, "presence/"), {"step": "project", "field": "title"})
    client = signed_in(owner)
    assert "Camille Petit écrit aussi, page Projet" in check_page(client.get(url(draft, "projet/"))).text
    answer = client.post(url(draft, "presence/"), {"step": "project"}).json()
    assert answer["fields"] == {"title": "Camille Petit écrit ici."}


def test_an_invitation_leads_to_the_application(draft, owner):
    _invitation, token = accounts.invite(
        scope="application", scope_id=draft.pk, role="reader", email="lea@example.org", by=owner, at=SUMMER
    )
    lea = PersonFactory(email="lea@example.org")
    accepted = signed_in(lea).post(f"/invitations/{token}/")
    assert accepted.url == url(draft) or accepted.status_code == 302


@pytest.mark.parametrize("people", [1, 2])
def test_autosave_asks_the_database_little(draft, owner, django_assert_max_num_queries, people):
    client = signed_in(owner)
    if people == 2:
        member(draft.organisation, "editor")
    page = check_page(client.get(url(draft, "projet/")))
    with django_assert_max_num_queries(16):
        client.post(
            url(draft, "projet/"),
            {"title": "Plus court", "seen": hidden(page, "seen")},
            headers={"X-Requested-With": "autosave"},
        )
    with django_assert_max_num_queries(12):
        client.get(url(draft, "projet/"))
