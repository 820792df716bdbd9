"""Second part: the call, and those who answer it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from stdnum import luhn

from essaim.accounts.actions import create_organisation
from essaim.applications import actions as applications
from essaim.applications.models import Application, ApplicationState
from essaim.calls.actions import load_call, read_folder
from essaim.calls.lifecycle import CALL
from essaim.cli.story import projects
from essaim.cli.story.telling import Story
from essaim.jams.models import Proposal
from essaim.kernel.documents import render_pdf
from essaim.kernel.workflow import Refused
from essaim.places.models import Commune, Region
from essaim.programmes.actions import load_envelope

ORIGIN = "Des ateliers de fabrication sur tout le territoire"
PUBLIC_KINDS = {"local_authority", "university", "public_body"}


def fictional_siret(number: int) -> str:
    """A SIRET with valid keys in the range 000, which is never attributed."""
    siren = f"000{number:05d}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{siren}0001"
    return nic + luhn.calc_check_digit(nic)


def open_the_call(story: Story) -> None:
    """The retained proposal opened a draft; the officer fills it from its folder and publishes it the same day."""
    officer = story.team["officer"]
    with story.at(story.when(2013, 6, 25, 12)) as at:
        load_envelope(story.folder, programme=story.programme, by=officer, at=at, until=date(2013, 6, 25))
        origin = Proposal.objects.get(jam=story.jam, title=ORIGIN)
        shift = story.when(2013, 6, 20, 8) - datetime.fromisoformat("2013-06-20T08:00:00+00:00")
        period = read_folder(story.folder)["call"]["period"]
        moved = {name: datetime.fromisoformat(period[name]) + shift for name in ("opens_at", "closes_at")}
        story.call = load_call(story.folder, programme=story.programme, origin=origin, by=officer, at=at, **moved)
        CALL.perform(story.call, "publish", by=officer, at=at)


def write_applications(story: Story) -> None:
    """Everyone writes during the summer; most file in time, a few are some seconds late."""
    communes = communes_by_region(story)
    found = projects.projects(story.rng, communes, story.applications)
    papers = {slot: paper(title) for slot, title in (("bank_details", "Relevé d’identité bancaire"),
              ("statutes", "Statuts"), ("deliberation", "Délibération"))}  # fmt: skip
    closes = story.call.closes_at
    assert closes is not None
    late = 0
    for project in story.each("Candidatures", found):
        begun = story.when(2013, 7, 1) + timedelta(hours=8 * project.number)
        with story.at(min(begun, closes - timedelta(days=2))) as at:
            application = draft(story, project, communes, papers, at)
        arrival = closes + timedelta(seconds=4 + project.number % 7) if project.flaw == "late" else filing_instant(
            story, project.number, closes
        )  # fmt: skip
        with story.at(arrival) as at:
            late += not file_one(story, application, at)
    story.counts["refused_late"] = late


def filing_instant(story: Story, number: int, closes: datetime) -> datetime:
    """Half file in the last two days, as people do."""
    hours = story.rng.expovariate(1 / 30) if number % 2 else story.rng.uniform(48, 600)
    return closes - timedelta(seconds=round(min(hours, 700) * 3600) + 1 + number)


def communes_by_region(story: Story) -> dict[str, list[str]]:
    """For each region of 2013, communes drawn by the square root of their population, by name."""
    found = {}
    for region in projects.BY_REGION:
        folded = region.replace("’", "'")
        row = next(r for r in Region.objects.all() if r.name_2013.replace("’", "'") == folded or r.name == region)
        communes = list(
            Commune.objects.filter(department__region_2013=row, population__gte=4000, latitude__isnull=False).order_by(
                "code"
            )
        )
        weights = [commune.population**0.5 for commune in communes]
        chosen: dict[str, Commune] = {}
        while len(chosen) < min(projects.BY_REGION[region], len(communes)):
            commune = story.rng.choices(communes, weights)[0]
            chosen.setdefault(commune.name, commune)
        story.counts.setdefault("communes", {}).update({(region, name): c.code for name, c in chosen.items()})
        found[region] = list(chosen)
    return found


def paper(title: str) -> bytes:
    """A small PDF that says it is invented."""
    content = {"title": title, "issuer": "Démonstration", "paragraphs": ["Pièce inventée pour la démonstration."]}
    return render_pdf("letter", content)


def draft(
    story: Story,
    project: projects.InventedProject,
    communes: dict[str, list[str]],
    papers: dict[str, bytes],
    at: datetime,
) -> Application:
    """One applicant's organisation, draft, budget, place and documents."""
    first = project.number == 0
    person = (
        story.invented("candidat@demo.example", "Nadia Tessier", "Candidate : porteuse d’un projet")
        if first
        else story.person(1000 + project.number)
    )
    organisation = create_organisation(
        by=person,
        at=at,
        invented=True,
        name=project.organisation,
        kind=project.kind,
        siret=fictional_siret(project.number + 100),
    )
    drawn = UUID(int=story.rng.getrandbits(128), version=4)
    application = applications.start(story.call, by=person, at=at, organisation=organisation, public_id=drawn)
    answers = {
        "applicant_kind": project.kind,
        "siret": organisation.siret,
        "title": project.title,
        "start": date(2014, 1, 15) + (story.start.date() - date(2013, 6, 20)),
        "end": date(2015, 12, 15) + (story.start.date() - date(2013, 6, 20)),
        "existing": True,
        "outreach_commitment": True,
        **project.texts,
    }
    applications.save_answers(application, answers, version=application.version, by=person, at=at)
    code = story.counts["communes"][(project.region, project.commune)]
    applications.set_place(application, commune=code, by=person, at=at)
    applications.save_budget(application, project.costs, project.fundings, by=person, at=at)
    if project.flaw != "no documents":
        second = "deliberation" if project.kind in PUBLIC_KINDS else "statutes"
        for slot in ("bank_details", second):
            applications.add_document(
                application, slot=slot, uploaded=papers[slot], name=f"{slot}.pdf", by=person, at=at
            )
    story.projects[application.pk] = project
    return application


def file_one(story: Story, application: Application, at: datetime) -> bool:
    """File, with the unmet rules read and acknowledged; False when it came too late, the draft being kept."""
    application.refresh_from_db()
    key = str(UUID(int=story.rng.getrandbits(128), version=4))
    try:
        applications.file_application(application, by=application.created_by, at=at, key=key, acknowledged=True)
    except Refused:
        if at < (story.call.closes_at or at):
            raise
        return False
    return True


def examine(story: Story) -> None:
    """The officer declares each file admissible, inadmissible (documents missing) or ineligible (a rule not met)."""
    officer = story.team["officer"]
    filed = Application.objects.filter(call=story.call, state=ApplicationState.FILED).order_by("number")
    with story.at(story.when(2013, 9, 20)) as at:
        for application in story.each("Recevabilité", list(filed)):
            flaw = story.projects[application.pk].flaw
            if flaw == "no documents":
                reason = "Le relevé d’identité bancaire et les statuts manquent, malgré notre rappel."
                applications.move_application(application, "reject_admissibility", by=officer, at=at, reason=reason)
            elif flaw:
                reason = "Une règle de l’appel n’est pas respectée ; son détail et sa marge sont joints."
                applications.move_application(application, "declare_ineligible", by=officer, at=at, reason=reason)
            else:
                applications.move_application(application, "admit", by=officer, at=at)
