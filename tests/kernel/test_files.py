"""Files: what is taken, what is refused and in which words, what is kept, what is given back."""

import io
import socketserver
import stat
import threading
import tracemalloc
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from essaim.kernel import clock, collection, files
from essaim.kernel.files import FileRefused, antivirus
from essaim.kernel.models import StoredFile
from tests.kernel import bad_inputs
from tests.kernel.sample.models import Leaf, Paper

pytestmark = pytest.mark.django_db
EVERYTHING = frozenset(files.TYPES)
HOSTILE = [
    *("ok.pdf", "eicar.com", "eicar.pdf", "eicar.zip", "bomb.zip", "many.zip", "nested.zip", "zipslip.zip"),
    *("bomb.docx", "lol.xml", "xxe.xml", "x.svg", "svg.png", "html.pdf", "js.pdf", "zip.pdf", "pixel.png"),
    *("empty.pdf", "trunc.pdf", "exe.pdf", "utf16.csv", "nul.txt"),
]


@pytest.fixture(scope="session")
def hostile():
    return {file.name: file for file in bad_inputs.files()}


@pytest.fixture
def keep(person, at):
    def store(content, name="note.txt", **options):
        return files.store(content, name=name, by=person, at=at, **options)

    return store


def refusal(keep, content, name, **options):
    with pytest.raises(FileRefused) as refused:
        keep(content, name, **options)
    assert StoredFile.objects.count() == 0
    return str(refused.value)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_or_kept_inert(name, hostile, keep):
    file = hostile[name]
    if not file.taken:
        sentence = refusal(keep, file.content, name, allowed=EVERYTHING)
        assert sentence.endswith((".", "»."))
        return
    stored = keep(file.content, name, allowed=EVERYTHING)
    response = files.serve(stored, RequestFactory().get("/"))
    assert b"".join(response.streaming_content) == file.content
    assert response["Content-Disposition"].startswith("attachment;")
    response.close()


def test_there_are_22_hostile_files(hostile):
    assert list(hostile) == HOSTILE
    assert len(hostile) == 22


def test_refusing_bombs_takes_little_memory(hostile, keep):
    tracemalloc.start()
    for name in ("bomb.zip", "many.zip", "nested.zip", "bomb.docx", "lol.xml", "pixel.png"):
        refusal(keep, hostile[name].content, name, allowed=EVERYTHING)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * bad_inputs.MIB


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "budget.pdf", "Le fichier est vide (0 octet) : choisissez-en un autre."),
        (
            b"MZ" + bytes(100),
            "budget.pdf",
            "budget.pdf n’est pas un PDF : c’est un programme Windows. "
            "Choisissez le bon fichier, puis déposez-le de nouveau.",
        ),
        (
            bad_inputs.PDF,
            "photo.png",
            "photo.png n’est pas une image PNG : c’est un PDF. Choisissez le bon fichier, puis déposez-le de nouveau.",
        ),
        (
            bad_inputs.PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R"),
            "budget.pdf",
            "budget.pdf est protégé par un mot de passe : enregistrez-en une copie sans protection.",
        ),
        (
            b"%PDF-1.4\n1 0 obj",
            "budget.pdf",
            "budget.pdf ne peut pas être lu comme un PDF : il est abîmé ou incomplet. Enregistrez-le de nouveau.",
        ),
        (
            b"MZ",
            "budget.exe",
            "« budget.exe » n’est pas d’un type accepté : déposez un fichier PDF, TXT.",
        ),
        (
            bad_inputs.zip_of({"a.txt": b"a"}),
            "lettre.docx",
            "lettre.docx n’est pas le document que son nom annonce : c’est une archive. Choisissez le bon fichier.",
        ),
        (
            bad_inputs.zip_of({"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""}),
            "lettre.docx",
            "lettre.docx contient des macros : enregistrez-en une copie sans macros.",
        ),
    ],
)
def test_refusal_says_what_is_wrong_and_what_to_do(content, name, sentence, keep):
    allowed = {"pdf", "txt"} if name.endswith("exe") else files.DOCUMENTS
    assert refusal(keep, content, name, allowed=allowed) == sentence


def test_too_big_a_file_is_refused_with_the_limit(keep):
    assert refusal(keep, b"a" * 1_250_000, "gros.txt", max_bytes=1_000_000) == (
        "gros.txt pèse 1,3 Mo : la limite est de 1 Mo. Réduisez-le, puis déposez-le de nouveau."
    )


def test_real_documents_are_taken(keep):
    import openpyxl

    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    assert keep(out.getvalue(), "budget.xlsx").content_type.endswith("spreadsheetml.sheet")
    odt = bad_inputs.zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"})
    assert keep(odt, "lettre.odt").content_type == "application/vnd.oasis.opendocument.text"
    assert keep(bad_inputs.png(10, 10), "logo.png").content_type == "image/png"
    assert keep("Poste;Montant\nMachines;12 000 €\n".encode(), "budget.csv").content_type == "text/csv"


def test_upload_of_a_form_is_kept_under_its_digest(keep, person, at):
    stored = keep(SimpleUploadedFile("note.txt", b"bonjour"), "note.txt")
    digest = sha256(b"bonjour").hexdigest()
    assert (stored.sha256, stored.size, stored.name, stored.uploaded_by, stored.created_at) == (
        digest,
        7,
        "note.txt",
        person,
        at,
    )
    path = Path(default_storage.path(stored.path))
    assert path.read_bytes() == b"bonjour"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [file.name for file in path.parent.iterdir()] == [digest]
    assert files.read(stored) == b"bonjour"


def test_same_bytes_are_kept_once_under_two_names(keep):
    first, second = keep(b"bonjour", "a.txt"), keep(b"bonjour", "b.txt")
    assert first.path == second.path
    assert StoredFile.objects.count() == 2


def test_file_damaged_on_the_disk_is_not_received(keep, monkeypatch):
    class Damaging(type(default_storage._wrapped)):
        def open(self, name, mode="rb"):
            Path(self.path(name)).write_bytes(b"autre chose")
            return super().open(name, mode)

    default_storage.exists("x")
    monkeypatch.setattr(default_storage._wrapped, "__class__", Damaging)
    with pytest.raises(OSError, match="are not those written"):
        keep(b"bonjour")
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("name", bad_inputs.NAMES)
def test_hostile_name_becomes_harmless(name):
    safe = files.safe_name(name)
    assert 0 < len(safe) <= 121
    assert not set(safe) & set('/\\<>:"|?*;\0\r\n\u202e')
    assert not safe.startswith((".", "-"))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\win.ini", "win.ini"),
        ("CON.pdf", "_CON.pdf"),
        ("", "fichier"),
        ("." * 300, "fichier"),
        ("Budget prévisionnel (v2).pdf", "Budget prévisionnel (v2).pdf"),
        (".htaccess", "htaccess"),
    ],
)
def test_name_is_kept_as_far_as_possible(name, safe):
    assert files.safe_name(name) == safe


def test_served_file_is_inert(keep):
    response = files.serve(keep(b"bonjour", "reçu n° 1.txt"), RequestFactory().get("/"))
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''re%C3%A7u%20n%C2%B0%201.txt"
    assert {
        name: response[name] for name in ("X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    } == {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        "Cache-Control": "private, no-store",
    }
    assert (response["Content-Type"], response["Content-Length"]) == ("text/plain", "7")
    response.close()


def test_unknown_type_is_served_as_bytes(at):
    stored = files.store_generated(b"<html>", name="page.html", content_type="text/html", at=at)
    response = files.serve(stored, RequestFactory().get("/"))
    assert response["Content-Type"] == "application/octet-stream"
    response.close()


class Clamd(socketserver.StreamRequestHandler):
    """Speaks INSTREAM as clamd does; finds EICAR anywhere."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Test FOUND\0" if bad_inputs.EICAR in content else b"stream: OK\0")


@pytest.fixture
def clamd(settings):
    with socketserver.TCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD = f"tcp:127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_clean_file_is_marked_clean(clamd, keep):
    assert keep(b"bonjour").scan == "clean"


def test_infected_file_is_not_distributed(clamd, keep):
    stored = keep(bad_inputs.PDF + bad_inputs.EICAR, "budget.pdf")
    assert (stored.scan, stored.scan_detail) == ("infected", "Eicar-Test")
    response = files.serve(stored, RequestFactory().get("/"))
    assert (response.status_code, response.content.decode()) == (
        403,
        "Ce fichier est infecté (Eicar-Test) : il n’est pas distribué. Demandez-en un autre à son auteur.",
    )
    again = keep(bad_inputs.PDF + bad_inputs.EICAR, "autre.pdf")
    assert again.scan == "infected"


def test_file_is_received_while_the_antivirus_is_down(settings, keep):
    settings.CLAMD = "unix:/nowhere/clamd.ctl"
    assert keep(b"bonjour").scan == "not_scanned"


def test_answer_not_understood_is_a_failure(clamd, keep, monkeypatch):
    monkeypatch.setattr(Clamd, "handle", lambda self: self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0"))
    stored = keep(b"bonjour")
    assert stored.scan == "not_scanned"
    with pytest.raises((antivirus.ScanFailed, OSError)):
        antivirus.scan(file=stored.pk)


def test_unused_file_is_erased_after_30_days(keep):
    stored = keep(b"bonjour")
    now = clock.now()
    assert collection.collect(now) == 0
    assert collection.collect(now + timedelta(days=29)) == 0
    assert default_storage.exists(stored.path)
    assert collection.collect(now + timedelta(days=31)) == 1
    assert not default_storage.exists(stored.path)


def test_used_file_is_never_erased_and_30_days_begin_at_the_last_use(keep):
    stored, attached = keep(b"un"), keep(b"deux")
    paper = Paper.objects.create(title="Atelier", attachment=stored)
    Leaf.objects.create().files.add(attached)
    now = clock.now()
    assert collection.collect(now) == 0
    assert collection.collect(now + timedelta(days=400)) == 0
    paper.delete()
    assert collection.collect(now + timedelta(days=401)) == 0
    assert collection.collect(now + timedelta(days=432)) == 1
    assert list(StoredFile.objects.all()) == [attached]


def test_bytes_still_named_by_another_row_stay(keep):
    first, second = keep(b"un", "a.txt"), keep(b"un", "b.txt")
    Paper.objects.create(title="Atelier", attachment=second)
    now = clock.now()
    collection.collect(now)
    assert collection.collect(now + timedelta(days=31)) == 1
    assert not StoredFile.objects.filter(pk=first.pk).exists()
    assert files.read(second) == b"un"
