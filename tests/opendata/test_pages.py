"""Data, API and verification through HTTP."""

import json
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.opendata.exports import DATASETS
from essaim.opendata.views.api import ENDPOINTS
from tests.page import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_index_tells_every_file_and_each_is_what_it_says(client, place, never_writes):
    with never_writes():
        page = check_page(client.get("/donnees/"))
    assert page.h1 == "Données ouvertes"
    for name, dataset in DATASETS.items():
        answer = client.get(f"/donnees/fablabs-2013/{name}")
        assert (answer.status_code, answer["Content-Type"]) == (200, dataset.content_type)
        assert answer["Content-Disposition"] == f'attachment; filename="fablabs-2013-{name}"'
        assert answer["ETag"] == f'"{sha256(answer.content).hexdigest()}"'
        assert sha256(answer.content).hexdigest()[:8] in page.text.replace(" ", "")
        again = client.get(f"/donnees/fablabs-2013/{name}", headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/donnees/fablabs-2013/autre.csv").status_code == 404
    assert client.get("/donnees/inconnu/fil.json").status_code == 404
    english = check_page(client.get("/donnees/", headers={"accept-language": "en"}))
    assert english.h1 == "Open data"


def test_index_without_a_programme_says_what_will_be_there(client, db):
    assert "Aucun programme pour l’instant" in check_page(client.get("/donnees/")).text


def test_index_read_again_asks_few_queries(client, place):
    client.get("/donnees/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/donnees/")
    assert len(queries) <= 12


def test_api_answers_what_it_describes(client, place):
    described = client.get("/api/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    assert list(described["paths"]) == [endpoint.path for endpoint in ENDPOINTS]
    slug = place.agreement.decision.application.call.slug
    for endpoint in ENDPOINTS:
        answer = client.get(endpoint.path.format(programme="fablabs-2013", appel=slug))
        schema = described["paths"][endpoint.path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*"), endpoint.path
        assert isinstance(answer.json(), list if schema["type"] == "array" else dict), endpoint.path
    assert client.get("/api/programmes/inconnu/").status_code == 404
    assert client.get("/api/appels/inconnu/resultats/").status_code == 404
    assert check_page(client.get("/api/")).h1 == "L’API"
    check_page(client.get("/api/", headers={"accept-language": "en"}))


def test_api_keeps_unpublished_results_to_itself(client, place):
    selection = place.agreement.decision.selection
    selection.state = "ratified"
    selection.save()
    assert client.get(f"/api/appels/{selection.call.slug}/resultats/").status_code == 404


def send(client, content, name="fichier.json", status=200):
    return check_page(client.post("/verifier/", {"file": SimpleUploadedFile(name, content)}), status=status)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Ce fichier est vide : choisissez celui que vous avez téléchargé."),
        (b"\xff\xfe\x00binaire", "Ce fichier n’est pas du texte : choisissez un fichier .json ou .jsonl."),
        (b"bonjour", "Ce fichier n’est pas du JSON : il a peut-être été ouvert et enregistré par un autre logiciel."),
        (b"[1, 2]", "Ce fichier JSON ne contient pas ce qu’on attend : choisissez celui que vous avez téléchargé."),
        (
            b'{"a": 1}',
            "Ce fichier JSON n’est ni un récépissé, ni un certificat de scénario, ni un registre exporté d’Essaim.",
        ),
        (
            b"[" * 100_000,
            "Ce fichier n’est pas du JSON : il a peut-être été ouvert et enregistré par un autre logiciel.",
        ),
    ],
)
def test_a_file_that_is_none_of_them_is_refused_in_a_sentence(client, db, content, sentence):
    assert sentence in plain(send(client, content, status=422).text)


def test_no_file_at_all_is_refused_in_a_sentence(client, db):
    check_page(client.get("/verifier/"))
    assert "Choisissez le fichier à vérifier." in check_page(client.post("/verifier/"), status=422).text


@pytest.mark.parametrize("content", [b'{"receipt": 1}', b'{"instance": 1}', b'{"instance": {"applications": []}}'])
def test_a_mangled_proof_does_not_hold(client, db, content):
    assert "Le fichier ne tient pas" in send(client, content).text


def test_the_exported_record_holds_until_it_is_touched(client, place):
    content = client.get("/donnees/fablabs-2013/journal.jsonl").content
    page = send(client, content, "journal.jsonl")
    assert "Le fichier tient" in page.text
    assert "Registre intact :" in plain(page.text)
    from essaim.cli.proofs import check_journal  # the command line says the same

    assert check_journal(content.decode()).ok
    lines = content.splitlines()
    assert "Le registre est tronqué :" in plain(send(client, b"\n".join(lines[:-1])).text)
    assert "L’acte de rang 0 manque ou a été déplacé." in send(client, b"\n".join([lines[0], *lines[2:]])).text
    told = next(rank for rank, line in enumerate(lines[1:]) if b'"payload"' in line)
    forged = json.loads(lines[told + 1]) | {"role": "juror"}
    lines[told + 1] = json.dumps(forged).encode()
    sentence = f"L’acte de rang {told} n’est pas celui du registre : il a été modifié."
    assert sentence in plain(send(client, b"\n".join(lines)).text)


def test_a_certificate_is_recomputed(client, db):
    from essaim.engine.coverage import Communes
    from essaim.engine.portfolio import Candidate, Constraints, select

    towns = Communes(("35238", "29019"), [48.11, 48.39], [-1.68, -4.49], [220_000, 140_000])
    candidates = [
        Candidate(id=str(n), grant_cents=100, value=n, latitude=48.1, longitude=-1.6, region="53", commune="35238")
        for n in (1, 2, 3)
    ]
    found = select(candidates, towns, constraints=Constraints(budget_cents=200), existing_places=[], proof=True)
    document = json.loads(json.dumps(found.certificate.document()))
    assert "Le fichier tient" in send(client, json.dumps(document).encode()).text
    document["value"] += 1
    sentence = "Ce certificat ne tient pas : la valeur annoncée n’est pas celle des dossiers retenus."
    assert sentence in plain(send(client, json.dumps(document).encode()).text)
