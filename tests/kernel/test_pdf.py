"""PDF files told at once: locked, cut short, without a page, two things at once; and those that are good."""

import io
import time
import zlib

import pytest
from pypdf import PdfWriter

from essaim.kernel import files
from essaim.kernel.files import FileRefused, pdf
from tests.kernel import bad_inputs

PROTECTIONS = ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"]


def made(pages, **protection):
    """A PDF of so many blank pages."""
    writer, out = PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if protection:
        writer.encrypt(**protection)
    writer.write(out)
    return out.getvalue()


def packed(pages):
    """A PDF whose catalogue and page tree are in a compressed object stream, as most programs write today."""
    inside = b"1 0 2 34 <</Type/Catalog/Pages 2 0 R>>      <</Type/Pages/Kids[3 0 R]/Count %d>>" % pages
    stream = zlib.compress(inside)
    return (
        b"%%PDF-1.5\n4 0 obj<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>stream\n" % len(stream)
        + stream
        + b"\nendstream endobj\n5 0 obj<</Type/XRef/Root 1 0 R>>stream\nendstream endobj\nstartxref\n0\n%%EOF"
    )


@pytest.mark.parametrize("pages", [1, 12])
def test_pages_are_counted(pages):
    assert pdf.facts_of(made(pages)).pages == pages
    assert pdf.facts_of(packed(pages)).pages == pages


@pytest.mark.parametrize("algorithm", PROTECTIONS)
def test_password_is_told_from_a_mere_restriction(algorithm):
    asked = pdf.facts_of(made(2, user_password="secret", owner_password="autre", algorithm=algorithm))
    assert asked.locked
    free = pdf.facts_of(made(2, user_password="", owner_password="autre", algorithm=algorithm))
    assert (free.locked, free.pages) == (False, 2)


def test_later_version_of_a_file_wins():
    again = b"\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 7>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    assert pdf.facts_of(bad_inputs.PDF + again).pages == 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            made(1, user_password="secret", algorithm="AES-256"),
            "rib.pdf est protégé par un mot de passe\u00a0: enregistrez-en une copie sans protection.",
        ),
        (
            made(3)[:-300],
            "rib.pdf ne peut pas être lu comme un PDF\u00a0: il est abîmé ou incomplet. Enregistrez-le de nouveau.",
        ),
        (made(0), "rib.pdf n’a aucune page\u00a0: enregistrez-le de nouveau."),
        (
            bad_inputs.PDF + bad_inputs.zip_of({"a.exe": b"MZ"}),
            "rib.pdf est à la fois un PDF et une archive ZIP\u00a0: enregistrez-en une copie qui ne soit qu’un PDF.",
        ),
        (
            b"%PDF-1.4\n<html><script>alert(1)</script></html>\n" + bad_inputs.PDF,
            "rib.pdf est à la fois un PDF et une page web\u00a0: enregistrez-en une copie qui ne soit qu’un PDF.",
        ),
        (
            bad_inputs.PDF.replace(b"/Pages 2 0 R", b"/Pages 2 0 R/OpenAction<</S/Launch/F(cmd.exe)>>"),
            "rib.pdf lance un programme quand on l’ouvre\u00a0: enregistrez-en une copie sans cette action.",
        ),
    ],
)
def test_refusal_says_what_is_wrong_with_the_pdf(content, sentence, person, at):
    with pytest.raises(FileRefused) as refused:
        files.store(content, name="rib.pdf", by=person, at=at)
    assert str(refused.value) == sentence


@pytest.mark.django_db
def test_office_documents_with_a_password_are_told_so(person, at):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    ods = bad_inputs.zip_of({"mimetype": kind, "META-INF/manifest.xml": manifest})
    for name, content in (("budget.xlsx", ole), ("budget.ods", ods)):
        with pytest.raises(FileRefused) as refused:
            files.store(content, name=name, by=person, at=at)
        assert str(refused.value) == (
            f"{name} est protégé par un mot de passe\u00a0: enregistrez-en une copie sans protection."
        )


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n" + b"1 0 obj " * 800_000 + b"/Root 1 0 R %%EOF",
        b"%PDF-1.4\n" + b"/Root 1 0 R " * 500_000 + b"%%EOF",
        b"%PDF-1.4\n/Encrypt" + b" " * 6_000_000 + b"/Root 1 0 R %%EOF",
        b"%PDF-1.4\n1 0 obj <</Type/Catalog" + b"/Pages " * 800_000 + b"/Root 1 0 R %%EOF",
    ],
)
def test_hostile_pdf_is_judged_in_a_bounded_time(content):
    began = time.process_time()
    with pytest.raises(pdf.Unreadable):
        pdf.facts_of(content)
    assert time.process_time() - began < 3


def test_object_stream_that_swells_is_cut():
    stream = zlib.compress(b"1 0 " + b" " * (64 * bad_inputs.MIB))
    content = b"%PDF-1.5\n" + b"4 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n" + stream
    content += b"endstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    with pytest.raises(pdf.Unreadable):
        pdf.facts_of(content)
