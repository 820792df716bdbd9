"""Spreadsheets taken as a financing plan: understood cell by cell, and back as they went."""

import io
import time
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from essaim.applications import actions
from essaim.applications.exports import proof_names
from essaim.applications.forms.plan import Names
from essaim.applications.forms.sheet import understand
from essaim.kernel import clock, tables
from essaim.kernel.sheets import Unreadable, cell_name, read_sheet, read_text
from tests.factories import applications as factories
from tests.factories.applications import SUMMER
from tests.page import check_page

NAMES = Names({"machines": "Machines", "staff": "Personnel", "other": "Autres"})


@pytest.fixture
def draft(call):
    return factories.draft(call)


@pytest.fixture
def owner(draft):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(draft.created_by)
    with clock.telling(SUMMER):
        yield client


def url(draft, page="importer/"):
    return f"/candidatures/{draft.public_id}/budget/{page}"


def lines_read(text):
    return [line.row.line for line in understand(read_text(text), NAMES, {}).good]


def hidden(page, name):
    return next(row.get("value") for row in page.select("input", type="hidden", name=name))


@pytest.mark.django_db
@pytest.mark.parametrize("format", ["csv", "xlsx", "ods"])
def test_a_plan_downloaded_and_sent_back_is_the_same(owner, draft, format):
    quote = draft.documents.all()[0].file.sha256
    costs = [
        actions.Cost("machines", "Découpeuse  \"laser\", 2 pièces;n°  1", 1_600_100, 2500, 640_040, "TTC", 6667,
                     "2154", 2013, quote),
        actions.Cost("staff", "=HYPERLINK(\"http://example.org\")", 1, None, None, "TTC"),
        actions.Cost("other", "'=1+1", 10**12, None, None, "TTC", 0, "864"),
        actions.Cost("other", "-12,345", 1_234_500, 125, None, "TTC"),
    ]  # fmt: skip
    fundings = [
        actions.Funding("@Région", "public", "secured", 1_200_000, "74", 2014, quote),
        actions.Funding("Fonds\u00a0propres", "own", "asked", 5),
        actions.Funding("Bénévoles", "in_kind", "refused", 0, "875"),
    ]
    actions.save_budget(draft, costs, fundings, by=draft.created_by, at=SUMMER)
    file = owner.get(f"{url(draft, 'plan/')}?format={format}")
    sent = SimpleUploadedFile(f"plan.{format}", file.content)
    page = check_page(owner.post(url(draft), {"file": sent}))
    assert "7 lignes peuvent être reprises." in page.text
    actions.save_budget(draft, [], [], by=draft.created_by, at=SUMMER)
    owner.post(url(draft), {"lines": hidden(page, "lines"), "how": "replace"})
    fresh = type(draft).objects.get(pk=draft.pk)
    assert actions.lines_of(fresh) == (costs, fundings)


@pytest.mark.django_db
def test_lines_are_added_after_those_already_written_unless_they_replace_them(owner, draft):
    before = actions.lines_of(draft)[0]
    page = check_page(owner.post(url(draft), {"pasted": "Intitulé\tMontant\nBanc\t12 500,50\u00a0€\n"}))
    form = {"lines": hidden(page, "lines")}
    assert actions.lines_of(draft)[0] == before
    assert owner.post(url(draft), form | {"how": "add"}).url == f"/candidatures/{draft.public_id}/budget/"
    fresh = type(draft).objects.get(pk=draft.pk)
    added = actions.Cost("other", "Banc", 1_250_050)
    assert actions.lines_of(fresh)[0] == [*before, added]
    owner.post(url(draft), form | {"how": "replace"})
    assert actions.lines_of(type(draft).objects.get(pk=draft.pk)) == ([added], [])


@pytest.mark.parametrize(
    "text",
    [
        "Dépense;Catégorie;Montant TTC\nLaser;Machines;12 500,50 €\n",
        "label,category,amount,vat\nLaser,machines,\"12,500.50\",TTC\n",
        "\n\nLibellé\tCatégorie\tTotal TTC (€)\t\nLaser\tMACHINES\t12500,50\nTOTAL\t\t12500,50\n",
        "Désignation|Category|Quantité|Prix unitaire|TVA|Montant\nLaser|machines|2|6250,25|ttc|12 500,50\n",
    ],
)  # fmt: skip
def test_columns_are_recognised_in_many_sheets(text):
    (line,) = lines_read(text)
    assert (line.label, line.category, line.amount_cents, line.vat) == ("Laser", "machines", 1_250_050, "TTC")


def test_accents_of_an_old_csv_are_read():
    content = "Intitulé;Catégorie;Montant\nDécoupe;Personnel;1,50\n".encode("cp1252")
    grid = read_sheet(content, "budget.csv")
    (line,) = understand(grid, NAMES, {}).good
    assert (line.row.line.label, line.row.line.amount_cents) == ("Découpe", 150)


def test_two_tables_one_above_the_other_are_two_sides():
    text = (
        "Dépenses\nIntitulé;Montant\nLaser;100\nTotal;100\n\nRessources\n"
        "Financeur;Nature;Statut;Montant\nRégion;public;acquis;60\nNous;fonds propres;;40\n"
    )
    assert lines_read(text) == [
        actions.Cost("other", "Laser", 10_000),
        actions.Funding("Région", "public", "secured", 6_000),
        actions.Funding("Nous", "own", "asked", 4_000),
    ]


def test_the_layout_of_the_cerfa_is_understood():
    text = (
        "CHARGES\tMontant\tPRODUITS\tMontant\n"
        "60 – Achats\t500\t70 – Vente de produits finis\t200\n"
        "Achats matières\t300\t\t\n"
        "Autres fournitures\t200\t74 – Subventions d’exploitation\t1 000\n"
        "64 – Charges de personnel\t700\tRégion\t1 000\n"
        "86 – Emplois des contributions\t50\t87 – Contributions volontaires\t50\n"
        "TOTAL\t1 250\tTOTAL\t1 250\n"
    )
    assert lines_read(text) == [
        actions.Cost("other", "Achats matières", 30_000, account="60"),
        actions.Cost("other", "Autres fournitures", 20_000, account="60"),
        actions.Cost("other", "Charges de personnel", 70_000, account="64"),
        actions.Cost("other", "Emplois des contributions", 5_000, account="86"),
        actions.Funding("Vente de produits finis", "own", "asked", 20_000, account="70"),
        actions.Funding("Région", "public", "asked", 100_000, account="74"),
        actions.Funding("Contributions volontaires", "in_kind", "asked", 5_000, account="87"),
    ]


@pytest.mark.django_db
def test_each_cell_in_error_is_named_with_what_to_do(owner, draft):
    text = "Intitulé\tCatégorie\tQuantité\tMontant\nLaser\tMachines\tdeux\t12,345\nBanc\tBois\t\t80\n"
    page = check_page(owner.post(url(draft), {"pasted": text}))
    assert "Cellule C2 – «\u00a0deux\u00a0» n’est pas une quantité" in page.text
    assert "Cellule D2 – Le montant «\u00a012,345\u00a0» peut se lire de deux façons" in page.text
    assert "Cellule B3 – «\u00a0Bois\u00a0» n’est pas une catégorie de cet appel" in page.text
    assert "1 ligne est à corriger" in page.text
    assert page.select("textarea", name="pasted")[0].text.strip().startswith("Intitulé\tCatégorie")
    assert len(actions.lines_of(draft)[0]) == 2


@pytest.mark.parametrize("format", ["csv", "xlsx", "ods"])
def test_ten_thousand_rows_are_refused_quickly(format):
    rows = [(f"Ligne {number}", number) for number in range(10_000)]
    content = tables.FORMATS[format][1](["Intitulé", "Montant"], rows)
    begun = time.process_time()
    with pytest.raises(Unreadable, match="a plus de 2000"):
        read_sheet(content, f"long.{format}")
    assert time.process_time() - begun < 3


def bomb(name="xl/worksheets/sheet1.xml", size=200 * 2**20):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(name, "w") as member:
            for _ in range(size // 2**20):
                member.write(b"0" * 2**20)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide"),
        (b"PK\x03\x04 broken", "ne peut pas être ouvert"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "ancien format XLS"),
        (b"MZ\x00\x01binary", "Ce fichier n’est pas du texte"),
        (b"a" * (6 * 2**20), "dépasse 5\u00a0Mo"),
        (b"bonjour", "Aucune ligne de budget"),
    ],
)
def test_what_is_not_a_sheet_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        understand(read_sheet(content, "x.xlsx"), NAMES, {})


def test_a_zip_bomb_is_never_opened():
    begun = time.process_time()
    content = bomb()
    begun = time.process_time()
    with pytest.raises(Unreadable, match="deviendrait énorme"):
        read_sheet(content, "bombe.xlsx")
    assert time.process_time() - begun < 1


def test_entities_of_an_ods_are_never_expanded():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(Unreadable, match="Ce fichier ODS ne peut pas être lu"):
        read_sheet(buffer.getvalue(), "x.ods")


def test_a_formula_is_read_by_its_result_never_run():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Intitulé", "Montant"])
    book.active.append(["Laser", "=1+1"])
    buffer = io.BytesIO()
    book.save(buffer)
    (line,) = understand(read_sheet(buffer.getvalue(), "f.xlsx"), NAMES, {}).good
    assert line.row.line.amount_cents == 0


@pytest.mark.parametrize(("row", "column", "name"), [(6, 1, "B7"), (0, 0, "A1"), (9, 26, "AA10"), (0, 701, "ZZ1")])
def test_cells_are_named_as_in_a_spreadsheet(row, column, name):
    assert cell_name(row, column) == name


@pytest.mark.django_db
def test_what_the_preview_sends_back_is_read_again(owner, draft):
    before = actions.lines_of(draft)
    for lines in ("", "[", "{}", '[["costs", 3]]', '[["x", {}]]', '[["costs", {"label": "A", "amount_cents": "zz"}]]'):
        assert owner.post(url(draft), {"lines": lines}).status_code == 302
    assert actions.lines_of(type(draft).objects.get(pk=draft.pk)) == before


@pytest.mark.django_db
def test_documents_are_named_so_that_a_sheet_can_point_at_them(draft):
    names = proof_names(draft)
    (sha256, said), *_rest = names.items()
    text = f"Intitulé\tMontant\tDevis\nLaser\t10\t{said}\n"
    (line,) = understand(read_text(text), NAMES, names).good
    assert line.row.line.quote == sha256
