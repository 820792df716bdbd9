"""Loading the territory, taking in places, inventing some."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from essaim.kernel import journal
from essaim.places.actions import Outcome, PlaceRow, add_invented_places, import_places, load_reference, merge, of
from essaim.places.models import Commune, Department, KnownPlace, PlaceImport, PlaceKind, Region

AT = datetime(2013, 6, 10, 12, 0, tzinfo=UTC)
BREST = PlaceRow("1", "Les Fabriques du Ponant", "fablab", 48.4086, -4.4762, "29019", "40 rue Jules-Lesven")


def test_reference_loads_in_few_queries_and_again_changes_nothing(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(400):
        assert load_reference(at=AT) == Outcome(added=37 + 104 + 34_879)
    with django_assert_max_num_queries(5):
        assert load_reference(at=AT) == Outcome(unchanged=37 + 104 + 34_879)
    assert (Region.objects.count(), Department.objects.count(), Commune.objects.count()) == (37, 104, 34_879)
    assert [event.verb for event in journal.events_of(PlaceImport.objects.get())] == ["places.reference_loaded"]


def test_reference_loaded_again_repairs_what_was_changed(territory, reference_communes):
    Commune.objects.filter(code="29019").update(population=3)
    assert merge(Commune, "code", reference_communes).changed == 1
    assert Commune.objects.get(code="29019").population > 100_000


def test_import_adds_then_updates_then_leaves_alone(territory):
    second = replace(BREST, source_id="2", name="Ty Fab")
    assert import_places([BREST, second], source="Réseau", by=None, at=AT) == Outcome(added=2)
    later = AT + timedelta(days=1)
    moved = replace(BREST, address="2 rue d’Armorique")
    assert import_places([moved, second], source="Réseau", by=None, at=later) == Outcome(changed=1, unchanged=1)
    places = KnownPlace.objects.order_by("source_id").values_list("address", "imported_at", "invented", "commune_id")
    assert list(places) == [
        ("2 rue d’Armorique", later, False, "29019"),
        ("40 rue Jules-Lesven", AT, False, "29019"),
    ]


def test_import_leaves_a_line_in_the_journal_without_any_name(territory):
    import_places([BREST], source="Réseau", by=None, at=AT)
    (event,) = journal.events_of(PlaceImport.objects.get())
    assert event.verb == "places.imported"
    assert event.payload.pop("digest") == PlaceImport.objects.get().digest
    assert event.payload == {"added": 1, "changed": 0, "unchanged": 0}


def test_same_identifier_in_two_sources_is_two_places(territory):
    import_places([BREST], source="Réseau", by=None, at=AT)
    assert import_places([BREST], source="Région", by=None, at=AT) == Outcome(added=1)


@pytest.mark.parametrize(
    ("rows", "source", "sentence"),
    [
        ([BREST], " ", "Dites d’où viennent ces lieux\u00a0: la source est vide."),
        ([BREST, BREST], "Réseau", "Deux lieux ont le même identifiant\u00a0: chacun doit avoir le sien."),
    ],
)
def test_import_refused_writes_nothing(territory, rows, source, sentence):
    with pytest.raises(ValueError) as refusal:
        import_places(rows, source=source, by=None, at=AT)
    assert str(refusal.value) == sentence
    assert (KnownPlace.objects.count(), PlaceImport.objects.count()) == (0, 0)


def test_import_broken_midway_writes_nothing(territory):
    with pytest.raises(IntegrityError):
        import_places([BREST, replace(BREST, source_id="2", latitude=91)], source="Réseau", by=None, at=AT)
    with pytest.raises(ObjectDoesNotExist):
        KnownPlace.objects.get()


@pytest.mark.both
@pytest.mark.parametrize(
    "wrong", [{"latitude": 90.1}, {"longitude": -180.1}, {"kind": "bar"}, {"source": "A", "source_id": "1"}]
)
def test_database_refuses_an_impossible_place(territory, wrong):
    right = {"name": "x", "latitude": 48.0, "longitude": 2.0, "imported_at": AT}
    KnownPlace.objects.create(source="A", source_id="1", **right)
    with pytest.raises(IntegrityError), transaction.atomic():
        KnownPlace.objects.create(**{"source": "B", "source_id": "2", **right, **wrong})


def test_invented_places_are_marked_real_communes_and_always_the_same(territory):
    assert add_invented_places(fablabs=6, epn=30, seed=2013, at=AT) == Outcome(added=36)
    first = list(KnownPlace.objects.order_by("pk").values_list("name", "latitude", "commune_id"))
    assert add_invented_places(fablabs=6, epn=30, seed=2013, at=AT) == Outcome(unchanged=36)
    KnownPlace.objects.all().delete()
    add_invented_places(fablabs=6, epn=30, seed=2013, at=AT)
    assert list(KnownPlace.objects.order_by("pk").values_list("name", "latitude", "commune_id")) == first
    assert KnownPlace.objects.filter(invented=True, kind=PlaceKind.FABLAB).count() == 6
    for place in KnownPlace.objects.select_related("commune"):
        assert place.name.endswith(f" de démonstration {of(place.commune.name)}")
        assert abs(place.latitude - place.commune.latitude) < 0.005


def test_invented_places_go_where_people_live(territory):
    add_invented_places(fablabs=20, epn=0, seed=1, at=AT)
    populations = sorted(KnownPlace.objects.values_list("commune__population", flat=True))
    assert populations[10] > 5_000  # half of the communes drawn, when half of all communes have fewer than 1,000 people


def test_invented_places_need_the_territory(db):
    with pytest.raises(ValueError, match="Le territoire n’est pas chargé\u00a0: lancez d’abord"):
        add_invented_places(seed=1, at=AT)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Brest", "de Brest"), ("Angers", "d’Angers"), ("Évry", "d’Évry"), ("Le Mans", "du Mans"),
        ("Les Lilas", "des Lilas"), ("La Rochelle", "de La Rochelle"), ("L’Haÿ-les-Roses", "de L’Haÿ-les-Roses"),
    ],
)  # fmt: skip
def test_of_contracts_the_article(name, written):
    assert of(name) == written
