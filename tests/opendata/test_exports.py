"""What is published: valid, masked, disarmed, the same bytes for the same data."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from django.utils import translation

from essaim.opendata.exports import DATASETS, file_of
from tests.factories.applications import OrganisationFactory
from tests.factories.awards import DecisionFactory, fictional_siret, luhn
from tests.factories.territory import funded_place

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "schemas" / "scdl-subventions-2.1.1.json"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def write(place, name, at):
    return DATASETS[name].write(place.agreement.decision.application.call.programme, at)


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_grants_follow_the_scdl_schema(place, at):
    found = rows(write(place, "subventions.csv", at))
    assert len(found) == 1
    row = found[0]
    assert luhn(row["idAttribuant"])
    assert re.fullmatch(r"000\d{11}", row["idAttribuant"])
    assert re.fullmatch(r"\d{14}", row["idBeneficiaire"])
    assert (row["dateConvention"], row["montant"], row["nature"]) == ("2013-12-13", "110000", "aide en numéraire")
    assert (row["conditionsVersement"], row["datesPeriodeVersement"]) == ("échelonné", "2014-01-01/2015-12-31")
    assert (row["notificationUE"], row["pourcentageSubvention"]) == ("non", "1")
    assert len(row["objet"]) <= 256
    assert "projet inventé" in row["objet"]


def test_a_long_title_stays_within_256_characters(at):
    place = funded_place(decision__application__title="x" * 140)
    assert len(rows(write(place, "subventions.csv", at))[0]["objet"]) <= 256


@pytest.mark.skipif(not SCHEMA.exists(), reason="the shared data are not here")
def test_grants_are_valid_for_frictionless(place, at, tmp_path, monkeypatch):
    from frictionless import Resource, Schema

    funded_place()
    monkeypatch.chdir(tmp_path)
    Path("subventions.csv").write_bytes(write(place, "subventions.csv", at))
    schema = Schema.from_descriptor(json.loads(SCHEMA.read_text()))
    report = Resource("subventions.csv", schema=schema).validate()
    assert report.flatten(["rowNumber", "fieldName", "message"]) == []


def test_no_refused_applicant_is_named_anywhere(place, at):
    DecisionFactory(
        declined=True,
        application__title="Projet Très Reconnaissable",
        application__organisation=OrganisationFactory(name="Association Discrète", siret=fictional_siret(99_999)),
    )
    for name in DATASETS:
        text = write(place, name, at).decode()
        assert "Très Reconnaissable" not in text, name
        assert "Discrète" not in text, name
    found = rows(write(place, "resultats.csv", at))
    assert [(row["decision"], row["organisme"] != "", row["invente"]) for row in found] == [
        ("Retenu", True, "oui"),
        ("Non retenu", False, "oui"),
    ]
    assert found[1]["ce_qui_aurait_change"] == "Deux points de plus."


def test_the_thread_goes_from_each_place_to_its_proposal(place, at):
    document = json.loads(write(place, "fil.json", at))
    told = document["places"][0]
    assert told["proposal"]["title"] == "Des ateliers partout"
    assert told["proposal"]["url"].endswith("/jams/bercy/propositions/1/")
    assert (told["proposal"]["round"], told["proposal"]["group"], told["proposal"]["cards"]) == (2, 1, 1)
    assert (told["invented"], told["agreement"]["amount_eur"]) == (True, "110000")
    assert [cell["key"] for cell in document["cells"]][-1] == "lieux"


def test_formulas_are_disarmed(at):
    place = funded_place(
        decision__application__title="=cmd|' /C calc'!A0",
        decision__application__organisation=OrganisationFactory(name="@Somme", siret=fictional_siret(88_888)),
    )
    for name in ("resultats.csv", "subventions.csv"):
        cells = [cell for row in rows(write(place, name, at)) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))], name


def test_the_same_data_give_the_same_bytes_whatever_the_language(place, at):
    programme = place.agreement.decision.application.call.programme
    for name, dataset in DATASETS.items():
        with translation.override("en"):
            first = dataset.write(programme, at)
        assert dataset.write(programme, at) == first, name
    assert (
        file_of(programme, DATASETS["fil.json"], at=at).sha256 == file_of(programme, DATASETS["fil.json"], at=at).sha256
    )


def test_the_record_never_names_a_person(place, at):
    lines = [json.loads(line) for line in write(place, "journal.jsonl", at).decode().splitlines()]
    assert set(lines[0]) == {"log", "size", "root"}
    assert len(lines) == 1 + lines[0]["size"]
    assert all("actor" not in line for line in lines)
