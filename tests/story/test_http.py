"""The thin thread, from a card to a place on the map, told through HTTP only: each act is a request a browser sends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from essaim.applications.models import Application, Filing
from essaim.awards.models import Agreement
from essaim.calls.actions import load_call
from essaim.calls.models import Call
from essaim.jams.actions import load_jam
from essaim.jams.models import Proposal
from essaim.kernel import clock
from essaim.programmes.actions import join_team, load_envelope, load_programme
from essaim.reviews.models import Assignment
from essaim.selections.models import Decision
from tests.factories.applications import ANSWERS, COSTS, FUNDINGS, PDF, OrganisationFactory, member, rennes
from tests.factories.calls import FOLDER
from tests.factories.jams import PersonFactory
from tests.page import check_page

pytestmark = pytest.mark.django_db

JAM, CALL = "/jams/bercy-jam/", "/appels/ateliers-de-fabrication-numerique/"
TABLES = 6
RETAINED, STUDIED = "Des ateliers de fabrication sur tout le territoire", "Une base publique de cours en ligne"
REASON = "Un appel à projets est ouvert le jour même."
TOO_LATE = (
    "L’appel est clos depuis le vendredi 13 septembre 2013 à 23 h 59 min 59 s (heure de Paris) ; votre envoi "
    "est arrivé le samedi 14 septembre 2013 à 0 h 00 min 00 s (heure de Paris). Le brouillon est gardé."
)
NOBODY_YET = "Il faut au moins un dossier recevable et un expert pour calculer une affectation."
TEAM = {"facilitator": "Animatrice", "officer": "Chargée de programme", "decision_maker": "Ministre déléguée"}


def when(month, day, hour=9, minute=0):
    """An instant of 2013, told to the site."""
    return clock.telling(datetime(2013, month, day, hour, minute, tzinfo=UTC))


def signed_in(person):
    """A browser where this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def send(client, address, **fields):
    """Post a form and give the page one is led to."""
    answer = client.post(address, fields)
    assert answer.status_code == 302, check_page(answer, answer.status_code).text
    return check_page(client.get(answer.url))


def plain(page):
    """What a page says, no-break spaces made plain."""
    return page.text.replace("\xa0", " ").replace("\u202f", " ")


def hidden(page, *names):
    """The hidden fields of a page's form, as a browser sends them back."""
    return {name: page.select("input", name=name)[0].get("value") for name in names}


@pytest.fixture
def programme():
    """The programme's folder, its team, its Jam in preparation, one commune: what is there before anyone clicks."""
    at = datetime(2013, 6, 20, 8, tzinfo=UTC)
    rennes()
    programme = load_programme(FOLDER, by=None, at=at)
    for role, title in TEAM.items():
        join_team(programme, person=PersonFactory(name=title), role=role, title=title, by=None, at=at)
    load_jam(FOLDER, programme=programme, by=None, at=at)
    load_envelope(FOLDER, programme=programme, by=None, at=at)
    return programme


@pytest.fixture
def people(programme):
    """The team, by role."""
    return {row.role: row.person for row in programme.team.select_related("person")}


# --- The Jam ----------------------------------------------------------------------------------------------------------
def people_join(facilitator):
    """Twelve people come in with the code on the wall; the facilitator seats them and begins."""
    send(facilitator, f"{JAM}conduite/etape/", step="open")
    page = check_page(Client().post("/jams/rejoindre/", {"code": "bercy 7"}), 422)
    assert "Aucune Jam n’a ce code : vérifiez-le sur l’écran de la salle." in plain(page)
    room = [Client() for _ in range(2 * TABLES)]
    for number, device in enumerate(room):
        name = f"Participante {number}"
        page = send(device, "/jams/rejoindre/", code="bercy 6", name=name, organisation="", role="association")
        assert "Bienvenue. Votre code personnel est" in page.text
    page = send(facilitator, f"{JAM}conduite/etape/", step="start")
    sentence = "Arrêtez d’abord le placement : il manque pour les sessions 1 et 2."
    assert sentence in plain(page)
    send(facilitator, f"{JAM}placement/", seed="1")
    send(facilitator, f"{JAM}placement/arreter/")
    send(facilitator, f"{JAM}conduite/etape/", step="start")
    send(facilitator, f"{JAM}conduite/etape/", step="start_round", round="1")
    return room


def a_table_proposes(device, title):
    """One person writes a card, twice sent and kept once, then the table's proposal from it, and presents it."""
    page = check_page(device.get(f"{JAM}salle/"))
    card = {"text": f"Une carte pour : {title}", "theme": "", **hidden(page, "key", "group")}
    for _ in range(2):
        page = send(device, f"{JAM}salle/carte/", **card)
    table = f"{JAM}tables/{card['group']}/proposition/"
    page = check_page(device.get(table))
    boxes = [box.get("value") for box in page.select("input", name="cards")]
    assert len(boxes) == 1
    words = {"title": title, "problem": "Les ateliers manquent.", "lever": "", "who_acts": "", "dissent": ""}
    page = send(device, table, **words, cards=boxes, **hidden(page, "key", "revision"))
    assert page.h1 == title
    number = Proposal.objects.get(title=title).number
    page = send(device, f"{JAM}propositions/{number}/presenter/")
    assert "Écrivez encore le levier proposé avant de présenter." in page.text
    page = check_page(device.get(f"{JAM}propositions/{number}/modifier/"))
    words["lever"] = "Un appel à projets."
    send(device, f"{JAM}propositions/{number}/modifier/", **words, cards=boxes, **hidden(page, "key", "revision"))
    page = send(device, f"{JAM}propositions/{number}/presenter/")
    assert "Proposition présentée : elle recevra une réponse." in plain(page)
    return number


def two_tables(room):
    """Two people who do not sit together."""
    tables = {}
    for device in room:
        tables.setdefault(hidden(check_page(device.get(f"{JAM}salle/")), "group")["group"], device)
    return list(tables.values())[:2]


def hold_the_jam(people):
    """Two tables propose; the facilitator ends the session, then the Jam; gives the proposals' numbers."""
    with when(6, 25, 7):
        facilitator = signed_in(people["facilitator"])
        room = people_join(facilitator)
        numbers = [a_table_proposes(*pair) for pair in zip(two_tables(room), (STUDIED, RETAINED), strict=True)]
        page = send(facilitator, f"{JAM}conduite/etape/", step="finish")
        assert "La session 1 est encore en cours : terminez-la d’abord." in plain(page)
        send(facilitator, f"{JAM}conduite/etape/", step="end_round", round="1")
        send(facilitator, f"{JAM}conduite/etape/", step="finish")
    return numbers


def answer_every_proposal(person, numbers):
    """The decision maker answers one by one; closing waits for the last answer."""
    client = signed_in(person)
    left = [
        "2 propositions attendent encore une réponse : n° 1 et 2.",
        "1 proposition attend encore une réponse : n° 2.",
    ]
    with when(6, 25, 11):
        for number, verdict, sentence in zip(numbers, ("studied", "retained"), left, strict=True):
            assert sentence in plain(send(client, f"{JAM}reponses/clore/"))
            address = f"{JAM}propositions/{number}/reponse/"
            silent = check_page(client.post(address, {"verdict": verdict, "reason": ""}), 422)
            assert "Donnez une raison : elle accompagnera la décision." in plain(silent)
            send(client, address, verdict=verdict, reason=REASON)
        page = send(client, f"{JAM}reponses/clore/")
        assert "Les réponses sont closes : chaque proposition a la sienne." in plain(page)
    page = check_page(Client().get(f"{JAM}propositions/{numbers[1]}/"))
    assert (page.h1, REASON in page.text) == (RETAINED, True)


# --- The call ---------------------------------------------------------------------------------------------------------
def publish_the_call(programme, people):
    """The draft the retained proposal opened is filled from the folder, then published by the officer."""
    with when(6, 25, 12):
        at, origin = clock.now(), Proposal.objects.get(title=RETAINED)
        load_call(FOLDER, programme=programme, origin=origin, by=people["officer"], at=at)
        assert Client().get(CALL).status_code == 404
        assert signed_in(people["decision_maker"]).post(f"{CALL}preparer/publier/").status_code == 404
        page = send(signed_in(people["officer"]), f"{CALL}preparer/publier/")
        assert "L’appel est publié." in page.text


def ask_the_simulator():
    """Anyone tries three numbers: what passes, with its margin; what does not, with what makes it pass."""
    tried = {
        ("180 000", "110 000", "70 000"): "Ces trois nombres respectent les règles de l’appel.",
        ("250 000", "180 000", "70 000"): "72 % pour un maximum de 70 % : baissez la demande de 5 000 €, "
        "ou portez le coût à 257 142,86 €.",
    }
    with when(7, 10):
        for numbers, sentence in tried.items():
            asked = dict(zip(("cout", "demande", "autres"), numbers, strict=True))
            assert sentence in plain(check_page(Client().get(CALL, asked)))


# --- The applications -------------------------------------------------------------------------------------------------
def lines(prefix, names, rows):
    """A table of amounts, as its formset is sent."""
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        typed = [*row[:-1], str(row[-1] // 100)]
        form |= {f"{prefix}-{number}-{name}": value for name, value in zip(names, typed, strict=True)}
    return form


def write_application(client, organisation):
    """Start with the three numbers, then the five steps; gives the application's address."""
    numbers = {"cout": "180 000", "demande": "110 000", "autres": "70 000"}
    given = {"begin": "1", "organisation": str(organisation.public_id), **numbers}
    begun = client.post(f"{CALL}candidater/", given)
    address = begun.url.removesuffix("organisme/")
    typed = {name: str(value).lower() if isinstance(value, bool) else value for name, value in ANSWERS.items()}
    for step in ("organisme/", "projet/"):
        page = check_page(client.get(address + step))
        send(client, address + step, **typed, **hidden(page, "seen"))
    assert "Rennes" in check_page(client.get(f"{address}lieu/", {"q": "renn"})).text
    send(client, f"{address}lieu/", commune="35238")
    costs = [(label, category, cents) for category, label, cents in COSTS]
    plan = lines("costs", ("label", "category", "amount_cents"), costs)
    plan |= lines("fundings", ("funder", "kind", "status", "amount_cents"), FUNDINGS)
    page = send(client, f"{address}budget/", **plan)
    assert "Le budget est enregistré. Le dossier n’est pas encore déposé." in page.text
    for slot in ("bank_details", "statutes"):
        send(client, f"{address}pieces/", slot=slot, file=SimpleUploadedFile(f"{slot}.pdf", PDF))
    return address


def file_twice(client, address):
    """A double click on « Déposer »: one filing, one receipt."""
    page = check_page(client.get(f"{address}verifier/"))
    form = hidden(page, "key", "version")
    first, second = (client.post(f"{address}verifier/", form) for _ in range(2))
    assert first.url == second.url == f"{address}recepisse/"
    assert Filing.objects.count() == 1
    assert check_page(client.get(first.url)).h1 == "Récépissé FABLABS-0001"
    assert client.get(f"{address}recepisse.pdf").status_code == 200


def file_too_late(client, address):
    """One second after the closing: refused, and the draft is kept; gives what the page says."""
    closing = Call.objects.get().closes_at
    with clock.telling(closing):
        page = check_page(client.get(f"{address}verifier/"))
    with clock.telling(closing + timedelta(seconds=1)):
        refused = check_page(client.post(f"{address}verifier/", hidden(page, "key", "version")), 422)
        kept = check_page(client.get(f"{address}projet/"))
    assert ANSWERS["title"] == kept.select("input", name="title")[0].get("value")
    assert Filing.objects.count() == 1
    return plain(refused)


def apply():
    """Two applicants: one files in July, the other writes the last day and sends one second late; gives the first."""
    organisations = OrganisationFactory.create_batch(2)
    people = [member(organisation) for organisation in organisations]
    first, second = map(signed_in, people)
    with when(7, 10):
        address = write_application(first, organisations[0])
        file_twice(first, address)
    with when(9, 13):
        late = write_application(second, organisations[1])
    assert TOO_LATE in file_too_late(second, late)
    return people[0]


# --- The instruction and the reviews ----------------------------------------------------------------------------------
def examine(person):
    """The officer admits the file, names three experts, as the call asks, and has the file assigned to them."""
    officer, experts = signed_in(person), PersonFactory.create_batch(3)
    application = Application.objects.get(number=1)
    with when(9, 20):
        send(officer, f"/instruction/{application.public_id}/decision/admit/", reason="")
        add, compute = f"{CALL}affectations/experts/", f"{CALL}affectations/calcul/"
        page = check_page(officer.post(add, {"email": "personne@example.org", "max_load": "5"}), 422)
        unknown = "Aucun compte n’a l’adresse personne@example.org : demandez à cette personne d’en ouvrir un"
        assert unknown in plain(page)
        short = "Il manque des experts sans conflit pour le dossier FABLABS-0001"
        for expert, sentence in zip(experts, (NOBODY_YET, short, short), strict=True):
            page = check_page(officer.post(compute, {"due_on": "2013-10-11"}), 422)
            assert sentence in plain(page)
            send(officer, add, email=expert.email, max_load="5", specialties="entreprises", organisation="")
        page = send(officer, compute, due_on="2013-10-11")
        assert "3 expertises confiées." in plain(page)
    return experts


def score(person):
    """The expert finds the file on their desk, is refused an unfinished grid, then hands it in."""
    client, assignment = signed_in(person), Assignment.objects.get(expert__person=person)
    address = f"/expertise/{assignment.public_id}/"
    codes = [row["code"] for row in assignment.application.rule_set.grid["criterion"]]
    with when(10, 8):
        assert address in check_page(client.get("/expertise/")).links.values()
        page = check_page(client.post(address, {"do": "submit"}), 422)
        grid = {f"score_{code}": "4" for code in codes}
        grid |= {f"why_{code}": "C’est solide : le besoin est mesuré et les partenaires sont nommés." for code in codes}
        done = send(client, address, do="submit", comment="Un projet solide.", **grid)
    assert "Il manque une note, ou une justification d’au moins 40 caractères, pour : «" in plain(page)
    assert "Expertise du dossier FABLABS-0001 rendue. Merci." in plain(done)


# --- The choice -------------------------------------------------------------------------------------------------------
def choose(people, applicant):
    """Rank, compute a scenario, propose; other eyes ratify; nothing is published, nor read, before."""
    officer, decision_maker = signed_in(people["officer"]), signed_in(people["decision_maker"])
    applicant = signed_in(applicant)
    with when(10, 15):
        send(officer, f"{CALL}classement/")
        rules = {"radius_km": "30", "weight": "100000", "partial": "100"}
        send(officer, f"{CALL}scenarios/", title="Demandes entières", budget="1 200 000", **rules)
        scenario = f"{CALL}scenarios/1/"
        assert "110 000" in plain(check_page(officer.get(scenario)))
        early = plain(send(officer, f"{CALL}publication/", action="publish"))
        assert "Cette action n’est pas possible dans l’état « En cours »." in early
        assert "Aucun scénario n’est encore retenu" in early
        send(officer, scenario, action="propose", reason="Le seul projet, et il est solide.")
        same = plain(check_page(officer.post(scenario, {"action": "ratify", "reason": "Je ratifie."}), 422))
        assert "Cette action est réservée à : décideur." in same
    with when(12, 13):
        send(decision_maker, scenario, action="ratify", reason="Je retiens ce scénario.")
        decision = f"/decisions/{Decision.objects.get().public_id}/"
        assert applicant.get(decision).status_code == 404
        page = send(officer, f"{CALL}publication/", action="publish")
        assert "Les résultats sont publiés : chaque candidat peut lire sa décision." in plain(page)
        page = plain(check_page(applicant.get(decision)))
        assert "Oui : votre projet est retenu, 110 000 € vous sont accordés" in page


def sign(applicant, decision_maker):
    """The applicant signs; the administration cannot sign first."""
    agreement = Agreement.objects.get()
    mine, ours = signed_in(applicant), signed_in(decision_maker)
    step = f"/conventions/{agreement.public_id}/etape/"
    with when(12, 20):
        early = plain(send(ours, f"{step}sign/"))
        assert "Cette action n’est pas possible dans l’état « À signer par le bénéficiaire »." in early
        assert "Convention signée : l’administration signe à son tour." in plain(send(mine, f"{step}accept/"))
        page = send(ours, f"{step}sign/")
        assert "Convention signée par les deux parties : l’avance peut être demandée." in plain(page)


def read_by_anyone():
    """The place is on the map with its page; the open data lead from it back to the proposal."""
    public = Client()
    with when(12, 21):
        assert "L’Établi" in check_page(public.get("/carte/")).text
        [point] = public.get("/carte/lieux.json").json()["points"]
        check_page(public.get(point["url"]))
        [place] = public.get("/api/programmes/fablabs-2013/fil/").json()["places"]
    assert (point["kind"], point["lat"], point["lon"]) == ("funded", 48.11, -1.68)
    assert place["url"].endswith(point["url"])
    assert (place["application"], place["commune"], place["state"]) == ("FABLABS-0001", "35238", "announced")
    assert place["agreement"] == {"amount_eur": "110000", "number": "FABLABS-0001-C", "state": "signed"}
    return place["proposal"]


def test_from_a_card_to_a_place_on_the_map_through_pages_only(programme, people):
    numbers = hold_the_jam(people)
    answer_every_proposal(people["decision_maker"], numbers)
    publish_the_call(programme, people)
    ask_the_simulator()
    applicant = apply()
    for expert in examine(people["officer"]):
        score(expert)
    choose(people, applicant)
    sign(applicant, people["decision_maker"])
    proposal = read_by_anyone()
    assert (proposal["title"], proposal["cards"], proposal["jam"]) == (RETAINED, 1, "bercy-jam")
