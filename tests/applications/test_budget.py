"""The financing plan on its page: written, computed, moved, seen in two ways."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from essaim.applications import actions
from essaim.applications.queries import cerfa_of, facts_of, plan_of
from essaim.applications.queries.cerfa import chart_at
from essaim.kernel import clock
from essaim.kernel.workflow import Refused
from tests.factories import applications as factories
from tests.factories.applications import COSTS, FUNDINGS, SUMMER
from tests.page import check_page

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Requested-With": "autosave"}


@pytest.fixture
def draft(call):
    return factories.draft(call)


@pytest.fixture
def owner(draft):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(draft.created_by)
    with clock.telling(SUMMER):
        yield client


def url(draft, page=""):
    return f"/candidatures/{draft.public_id}/budget/{page}"


def sent(costs=(), fundings=(), **more):
    form = dict(more)
    for side, rows in (("costs", costs), ("fundings", fundings)):
        for number, row in enumerate(rows):
            form |= {f"{side}-{number}-{name}": value for name, value in row.items()}
    return form


LASER = {"label": "Laser", "category": "machines", "quantity": "2", "unit_price": "8 000,50", "amount_cents": "",
         "eligible": "66,67", "account": "2154", "year": "2013"}  # fmt: skip
STAFF = {"label": "Poste", "category": "staff", "amount_cents": "6 000"}
REGION = {"funder": "Région", "kind": "public", "status": "secured", "amount_cents": "12 000", "account": "74",
          "year": "2014"}  # fmt: skip


def test_a_line_holds_all_that_was_typed_and_its_amount_is_computed(owner, draft):
    answer = owner.post(url(draft), sent([LASER], [REGION], vat="TTC"))
    assert answer.status_code == 302
    (line,), (funding,) = actions.lines_of(draft)
    assert line == actions.Cost("machines", "Laser", 1_600_100, 2000, 800_050, "TTC", 6667, "2154", 2013, "")
    assert funding == actions.Funding("Région", "public", "secured", 1_200_000, "74", 2014, "")
    page = check_page(owner.get(url(draft)))
    assert page.select("input", name="costs-0-amount_cents")[0].get("value") == "16\u202f001"
    assert "2 × 8\u202f000,50 · éligible à 66,67\xa0% · 2013 · 2154" in page.text


def test_a_quantity_that_does_not_give_the_amount_is_said(owner, draft):
    owner.post(url(draft), sent([{**LASER, "amount_cents": "16 000"}], [REGION]))
    page = check_page(owner.get(url(draft)))
    assert (
        "«\xa0Laser\xa0»\xa0: la quantité multipliée par le prix unitaire donne 16\u202f001\xa0€, et le montant écrit "
        "est 16\u202f000\xa0€\xa0: corrigez l’un des trois." in page.text
    )


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("quantity", "deux", "«\xa0deux\xa0» n’est pas une quantité\xa0: écrivez un nombre, par exemple 2 ou 1,5."),
        ("eligible", "101", "«\xa0101\xa0» n’est pas une part\xa0: écrivez un nombre de 0 à 100."),
        ("year", "13", "«\xa013\xa0» n’est pas une année\xa0: écrivez quatre chiffres, par exemple 2026."),
        ("account", "x", "«\xa0x\xa0» n’est pas un compte\xa0: écrivez deux à cinq chiffres, par exemple 60."),
        ("account", "75", "«\xa0Laser\xa0» est de la classe 2, 6 (60 à 69) ou 86\xa0: corrigez «\xa075\xa0»."),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_told_and_kept(owner, draft, field, typed, sentence):
    page = check_page(owner.post(url(draft), sent([{**LASER, field: typed}, STAFF], [REGION])), status=422)
    assert sentence in page.text
    assert page.select("input", name=f"costs-0-{field}")[0].get("value") == typed
    assert page.select("input", name="costs-1-label")[0].get("value") == "Poste"
    assert actions.lines_of(draft)[0][0].label == COSTS[0][1]


@pytest.mark.parametrize(
    ("button", "order"),
    [("costs-1-up", ["B", "A", "C"]), ("costs-1-down", ["A", "C", "B"]), ("costs-0-up", ["A", "B", "C"]),
     ("costs-1-remove", ["A", "C"])],
)  # fmt: skip
def test_lines_move_and_go_with_buttons_alone(owner, draft, button, order):
    rows = [{"label": name, "category": "staff", "amount_cents": "10"} for name in "ABC"]
    answer = owner.post(url(draft), sent(rows, [REGION], do=button))
    assert answer.status_code == 302
    assert [line.label for line in actions.lines_of(draft)[0]] == order


def test_the_order_a_script_gave_is_the_order_kept(owner, draft):
    rows = [{**STAFF, "label": name, "ORDER": place} for name, place in (("A", "2"), ("B", "0"), ("C", "1"))]
    owner.post(url(draft), sent(rows, [REGION]))
    assert [line.label for line in actions.lines_of(draft)[0]] == ["B", "C", "A"]


def test_more_lines_are_given_without_a_script(owner, draft):
    answer = owner.post(url(draft), sent([STAFF], [REGION], more="1"))
    assert answer.url == f"{url(draft)}?lignes=10"
    page = check_page(owner.get(answer.url))
    assert len(page.select("tr", id="costs-10-line")) == 1


def test_hostile_words_are_shown_as_typed(owner, draft):
    name = "<script>alert(1)</script>\"' ⟦label⟧ ⟦i⟧"
    owner.post(url(draft), sent([{**STAFF, "label": name}], [REGION]))
    page = check_page(owner.get(url(draft)))
    assert page.select("input", name="costs-0-label")[0].get("value") == name


def test_mixed_vat_is_a_fact_and_one_choice_repairs_it(owner, draft):
    rows = [{**STAFF, "vat": "HT"}, {**STAFF, "vat": "TTC"}]
    owner.post(url(draft), sent(rows, [REGION], vat="lines"))
    draft.refresh_from_db()
    assert facts_of(draft)["plan.single_vat"] is False
    assert "Le budget mélange des montants HT et TTC" in check_page(owner.get(url(draft))).text
    owner.post(url(draft), sent(rows, [REGION], vat="TTC"))
    fresh = type(draft).objects.get(pk=draft.pk)
    assert facts_of(fresh)["plan.single_vat"] is True
    assert plan_of(fresh).single_vat == "TTC"


def test_a_call_may_count_contributions_in_kind_in_the_base(draft, call):
    costs = [("staff", "Bénévoles", 100_000, None, None, "HT", 10_000, "864"), ("machines", "Laser", 400_000)]
    actions.save_budget(draft, costs, FUNDINGS, by=draft.created_by, at=SUMMER)
    assert plan_of(draft).eligible_base_cents == 400_000
    draft.call.categories = [{**row, "in_base": True} for row in draft.call.categories]
    assert plan_of(draft).eligible_base_cents == 500_000


def test_the_cerfa_view_has_every_line_once(owner, draft):
    costs = [("staff", "Salaires", 300_000, None, None, "HT", 10_000, "641"), ("machines", "Laser", 500_000),
             ("other", "Bénévoles", 40_000, None, None, "HT", 10_000, "864")]  # fmt: skip
    fundings = [("Appel", "requested", "asked", 700_000), ("Dons", "private", "asked", 100_000, "758"),
                ("Bénévoles", "in_kind", "secured", 40_000), ("Ville", "public", "refused", 9_000)]  # fmt: skip
    actions.save_budget(draft, costs, fundings, by=draft.created_by, at=SUMMER)
    plan = plan_of(draft)
    found = cerfa_of(draft, plan)
    assert [(one.code, one.name, one.total_cents) for one in found.charges] == [("64", "Charges de personnel", 300_000)]
    assert [(one.code, one.name) for one in found.products] == [
        ("74", "Subventions d’exploitation"),
        ("758", "Dons manuels, mécénat"),
    ]
    assert [one.name for one in found.in_kind_charges] == ["Personnel bénévole"]
    assert found.total("outside") == 500_000
    assert found.total("charges", "in_kind_charges", "outside") == plan.cost_cents
    assert found.total("products", "in_kind_products") == plan.resource_cents
    page = check_page(owner.get(url(draft, "plan/") + "?vue=comptes"))
    assert "Charges de personnel" in page.text


def test_accounts_are_named_as_in_the_chart_of_their_time():
    assert chart_at(date(2013, 9, 13))["produits"]["870"] == "Bénévolat"
    assert chart_at(date(2026, 1, 1))["produits"]["870"] == "Dons en nature"


def test_the_plan_page_stands_in_both_languages(draft):
    for language, word in (("fr", "Le plan est équilibré."), ("en", "The plan balances.")):
        client = Client(headers={"accept-language": language})
        client.force_login(draft.created_by)
        page = check_page(client.get(url(draft, "plan/")))
        assert word in page.text
        check_page(client.get(url(draft, "plan/") + "?vue=comptes"))


def test_the_budget_page_of_forty_lines_asks_few_questions(owner, draft):
    costs = [("machines", f"Machine {number}", 10_000) for number in range(25)]
    fundings = [(f"Financeur {number}", "public", "asked", 10_000) for number in range(15)]
    actions.save_budget(draft, costs, fundings, by=draft.created_by, at=SUMMER)
    owner.get(url(draft))
    with CaptureQueriesContext(connection) as queries:
        owner.get(url(draft))
    assert len(queries) <= 12


def test_an_autosave_answers_with_the_servers_sums(owner, draft):
    told = owner.post(url(draft), sent([STAFF], [REGION]), headers=AUTOSAVE).json()
    assert "Les ressources dépassent les dépenses de 6\u202f000\xa0€" in told["html"]["solde"]
    assert set(told) == {"version", "saved_at", "html"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("staff", "X", 1, None, None, "HTC"), "Dites si le montant de «\xa0X\xa0» est HT ou TTC."),
        (("staff", "X", 1, None, None, "HT", 10_001), "La part éligible de «\xa0X\xa0» est entre 0 et 100\xa0%."),
        (("staff", "X", 1, None, None, "HT", 1, "", 1800), "L’année de «\xa0X\xa0» est entre 1990 et 2100."),
        (("staff", "X", 1, None, None, "HT", 1, "", None, "zz"),
         "Choisissez parmi vos pièces le justificatif de «\xa0X\xa0»."),
    ],
)  # fmt: skip
def test_a_line_no_plan_may_hold_is_refused_in_a_sentence(draft, line, sentence):
    with pytest.raises(Refused, match=sentence.replace("(", r"\(")):
        actions.save_budget(draft, [line], FUNDINGS, by=draft.created_by, at=SUMMER)
