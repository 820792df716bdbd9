"""An application as tests need it: the real 2013 call, an organisation, a draft ready to be filed."""

import io
from datetime import UTC, datetime

import factory

from essaim.accounts.access import forget_roles
from essaim.accounts.models import Membership, Organisation
from essaim.applications import actions
from essaim.places.models import Commune, Department, Region
from tests.factories.jams import PersonFactory

SUMMER = datetime(2013, 7, 10, 9, 30, tzinfo=UTC)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

ANSWERS = {
    "applicant_kind": "association",
    "title": "Ouvrir la fabrique de Rennes aux entreprises",
    "project": "Le lieu accueille aujourd’hui deux cents personnes par an. " * 5,
    "companies": "Deux demi-journées par semaine sont réservées aux entreprises du bassin. " * 2,
    "start": "2013-12-01",
    "end": "30/11/2015",
    "existing": True,
    "outreach": "Portes ouvertes, stages avec deux lycées, salon des entrepreneurs, lettre trimestrielle. " * 2,
    "outreach_commitment": True,
}
COSTS = [
    ("machines", "Découpeuse laser", 12_000_000),
    ("staff", "Poste d’animateur", 6_000_000),
]
FUNDINGS = [
    ("Appel à projets", "requested", "asked", 11_000_000),
    ("Conseil régional", "public", "secured", 4_000_000),
    ("Fonds propres", "own", "secured", 3_000_000),
]


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"L’Établi {n}")
    kind = "association"


def rennes():
    """Rennes and its territory, in the regions of both times."""
    brittany, _ = Region.objects.get_or_create(
        code="53", defaults={"name": "Bretagne", "name_2013": "Bretagne", "zone": "mainland"}
    )
    department, _ = Department.objects.get_or_create(
        code="35", defaults={"name": "Ille-et-Vilaine", "region": brittany, "region_2013": brittany}
    )
    commune, _ = Commune.objects.get_or_create(
        code="35238",
        defaults={
            "name": "Rennes",
            "search_name": "rennes",
            "department": department,
            "population": 220_000,
            "latitude": 48.11,
            "longitude": -1.68,
            "postcodes": " 35000 35200 35700 ",
        },
    )
    return commune


def member(organisation, role="representative"):
    """Someone who acts for an organisation."""
    person = PersonFactory()
    Membership.objects.create(organisation=organisation, person=person, role=role)
    return person


def draft(call, *, by=None, at=SUMMER, documents=True, **changes):
    """A draft with everything a filing needs; `changes` replaces answers, None takes one away."""
    organisation = OrganisationFactory()
    by = by or PersonFactory(name="Nadia Porteuse")
    Membership.objects.create(organisation=organisation, person=by, role="mandated")
    forget_roles(by)
    application = actions.start(call, by=by, at=at, organisation=organisation)
    answers = {**ANSWERS, **changes}
    actions.save_answers(application, answers, version=application.version, by=by, at=at)
    actions.save_budget(application, COSTS, FUNDINGS, by=by, at=at)
    actions.set_place(application, commune=rennes(), by=by, at=at)
    for slot in ("bank_details", "statutes") if documents else ():
        give(application, slot, by=by, at=at)
    return application


def give(application, slot, *, by, at=SUMMER):
    """Give a small PDF."""
    return actions.add_document(application, slot=slot, uploaded=io.BytesIO(PDF), name=f"{slot}.pdf", by=by, at=at)
