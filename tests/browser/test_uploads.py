"""Uploads in the browser: cut at 50, 90 and 99 %, resumed after a reload, refused in a sentence, dropped."""

from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from essaim.accounts.models import Person
from essaim.applications.models import Application
from essaim.kernel.models import Upload

pytestmark = pytest.mark.usefixtures("told")
MIB = 2**20
HEAD = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Length 1>>stream\n"
)
TAIL = b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf(mark, size):
    """A valid PDF of about this size."""
    return HEAD + mark * (size // len(mark)) + TAIL


@pytest.fixture(scope="module")
def site(told):
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def page(tab, site):
    """The documents of the draft of the demonstration's applicant."""
    client = Client()
    person = Person.objects.get(email="candidat@demo.example")
    client.force_login(person)
    cookie = client.cookies["sessionid"].value
    tab.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
    draft = Application.objects.filter(call__programme__slug="fablabs-essai", state="draft").latest("pk")
    tab.draft = draft
    tab.goto(site + reverse("applications:documents", args=[draft.public_id]))
    return tab


def choose(page, slot, name, content):
    page.locator(f"#id_{slot}").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_upload_cut_goes_on_after_a_reload_and_sends_little_again(page, share, tmp_path):
    content = pdf(b"%d" % int(share * 100), 6 * MIB)
    path = tmp_path / f"comptes-{share}.pdf"
    path.write_bytes(content)
    sent = []

    def cut(route):
        """Let pieces through until the cut, then lose every connection."""
        begins = int(route.request.headers["upload-offset"])
        piece = len(route.request.post_data_buffer)
        sent.append(piece)
        if begins + piece > len(content) * share:
            route.abort()
        else:
            route.continue_()

    page.route("**/envois/*/", lambda route: cut(route) if route.request.method == "PATCH" else route.continue_())
    page.locator("#id_accounts").set_input_files(path)
    row = page.locator("#piece-accounts .es-uploads li")
    row.get_by_text("Connexion coupée").wait_for()
    page.unroute("**/envois/*/")
    page.reload()
    waiting = page.locator("#piece-accounts [data-upload-waiting]", has_text=path.name)
    assert "choisissez le même fichier, il reprendra là." in waiting.inner_text()
    page.on(
        "request",
        lambda request: sent.append(len(request.post_data_buffer or b"")) if request.method == "PATCH" else None,
    )
    page.locator("#id_accounts").set_input_files(path)
    page.locator("#piece-accounts .es-uploads").get_by_text("Reçu et vérifié.").wait_for()
    assert sum(sent) - len(content) <= MIB
    page.locator("#donnees-accounts").get_by_text(path.name).first.wait_for()
    given = page.draft.documents.get(slot="accounts")
    assert given.file.sha256 == sha256(content).hexdigest()


def test_refusal_is_said_in_the_row_and_blocks_nothing(page):
    choose(page, "mandate", "pouvoir.pdf", b"MZ" + bytes(100))
    row = page.locator("#piece-mandate .es-uploads li")
    row.get_by_text("Pas gardé. pouvoir.pdf n’est pas un PDF").wait_for()
    choose(page, "quotes", "devis.exe", b"MZ")
    page.locator("#piece-quotes").get_by_text("n’est pas d’un type accepté").wait_for()
    row.get_by_role("button", name="Fermer").click()
    assert row.count() == 0
    choose(page, "mandate", "pouvoir.pdf", pdf(b"p", 1000))
    page.locator("#piece-mandate").get_by_text("Reçu et vérifié.").wait_for()


def test_upload_is_paused_resumed_and_given_up(page):
    started = []
    page.route(
        "**/envois/*/",
        lambda route: (started.append(1), None) if route.request.method == "PATCH" else route.continue_(),
    )
    choose(page, "statutes", "statuts.pdf", pdf(b"s", MIB))
    row = page.locator("#piece-statutes .es-uploads li")
    row.get_by_role("button", name="Suspendre statuts.pdf").click()
    row.get_by_text("Suspendu à").wait_for()
    page.unroute("**/envois/*/")
    row.get_by_role("button", name="Reprendre statuts.pdf").click()
    page.locator("#piece-statutes").get_by_text("Reçu et vérifié.").wait_for()
    page.route("**/envois/*/", lambda route: None if route.request.method == "PATCH" else route.continue_())
    choose(page, "statutes", "autre.pdf", pdf(b"a", MIB))
    with page.expect_request(lambda request: request.method == "DELETE"):
        other = page.locator("#piece-statutes .es-uploads li", has_text="autre.pdf")
        other.get_by_role("button", name="Abandonner autre.pdf").click()
    page.wait_for_timeout(300)
    assert not Upload.objects.filter(name="autre.pdf").exists()


def test_several_files_are_dropped_on_the_form(page):
    drop = """([selector, files]) => {
      const data = new DataTransfer();
      for (const [name, text] of files) data.items.add(new File([text], name, { type: "application/pdf" }));
      const form = document.querySelector(selector);
      form.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
      form.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    files = [(f"{name}.pdf", pdf(name.encode(), 2000).decode()) for name in ("laser", "presse")]
    page.evaluate(drop, ["#piece-quotes form", [*files, ("vide.pdf", "")]])
    rows = page.locator("#piece-quotes .es-uploads li")
    page.locator("#piece-quotes").get_by_text("Le fichier est vide (0 octet)").wait_for()
    assert [rows.nth(rank).get_attribute("data-state") for rank in range(3)] == ["taken", "taken", "refused"]
    names = set(page.draft.documents.filter(slot="quotes").values_list("name", flat=True))
    assert names >= {"laser.pdf", "presse.pdf"}


def test_without_javascript_the_form_sends_its_file(page, site, chromium):
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(page.url)
    choose(plain, "support_letters", "lettre.pdf", b"%PDF-1.4 tronque")
    plain.locator("#piece-support_letters").get_by_role("button", name="Envoyer ce fichier").click()
    said = plain.locator("#piece-support_letters [role=alert], #piece-support_letters .fr-alert").first.inner_text()
    assert "lettre.pdf ne peut pas être lu comme un PDF\u00a0: il est abîmé ou incomplet." in said
    choose(plain, "support_letters", "lettre.pdf", pdf(b"l", 1000))
    plain.locator("#piece-support_letters").get_by_role("button", name="Envoyer ce fichier").click()
    assert "La pièce est enregistrée." in plain.content()
    context.close()
