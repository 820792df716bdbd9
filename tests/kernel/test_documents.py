"""PDF documents: accessible, reproducible, complete."""

import io
from datetime import UTC, datetime

import pypdf
import pytest

from essaim.kernel import documents

LETTER = {
    "title": "Votre dossier a été reçu",
    "issuer": "Région Exemple",
    "issuer_lines": ["Direction du numérique", "1, rue de l’Exemple"],
    "to": ["Association L’Atelier", "2, place du Marché"],
    "place_date": "Fait à Exemple, le 25 juin 2013",
    "reference": "2013-0042",
    "paragraphs": ["Madame, Monsieur,", "Vous demandez 12 000 € : le budget est à l’équilibre. #hack $x$"],
    "table": {
        "head": ["Poste", "Montant"],
        "rows": [["Machines", "12 000 €"], ["Salaires", "8 000 €"]],
        "numbers": [1],
    },
    "signature": ["La directrice", "Ada Exemple"],
    "mentions": ["Cette décision peut être contestée dans un délai de deux mois."],
}


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def test_letter_is_a_tagged_pdf_with_title_and_language():
    pdf = read(documents.render_pdf("letter", LETTER))
    assert pdf.metadata.title == "Votre dossier a été reçu"
    root = pdf.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    text = " ".join(pdf.pages[0].extract_text().split())
    for words in ("Région Exemple", "Association L’Atelier", "12 000 €", "Machines", "#hack $x$", "Page 1 sur 1"):
        assert words in text.replace("\u00a0", " ").replace("\u202f", " ")


def test_same_data_gives_the_same_bytes():
    at = datetime(2013, 6, 25, tzinfo=UTC)
    assert documents.render_pdf("letter", LETTER, at=at) == documents.render_pdf("letter", LETTER, at=at)


def test_letter_in_english_says_page_in_english():
    pdf = read(documents.render_pdf("letter", LETTER, lang="en"))
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert "Page 1 of 1" in " ".join(pdf.pages[0].extract_text().split())


def test_long_letter_numbers_its_pages():
    pdf = read(documents.render_pdf("letter", {**LETTER, "paragraphs": ["Un paragraphe. " * 60] * 8}))
    assert len(pdf.pages) > 1
    assert f"Page 2 sur {len(pdf.pages)}" in " ".join(pdf.pages[1].extract_text().split())


def test_document_without_a_title_is_refused():
    with pytest.raises(documents.DocumentError, match="title"):
        documents.render_pdf("letter", {**LETTER, "title": ""})


def test_template_that_does_not_exist_is_said():
    with pytest.raises(documents.DocumentError, match=r"no app has documents/nothing\.typ"):
        documents.render_pdf("nothing", {})
