"""`essaim group`: seat people at mixed tables over several rounds, or repair a plan."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from essaim.cli.reading import Table
    from essaim.engine.grouping import Person, Pin, Plan

TOP_LEVEL = True
app = typer.Typer()

UNITS = {
    "rounds": "index de table (à partir de 0) de chaque personne, par tour",
    "sizes": "personnes par tour et par table",
    "off_quota": "personnes-tours hors de la part de leur table",
    "repeated_pairs": "paires-rencontres au-delà de la première",
    "apart_pairs": "paires-tours",
    "moved": "personnes-tours",
    "wishes_met, wishes": "personnes-tours à une table d’un sujet souhaité, et de celles qui en souhaitent un",
    "seconds": "secondes",
}


@app.command()
def group(
    people: Annotated[Path, typer.Argument(help="CSV : id et une colonne par attribut.")],
    tables: Annotated[int, typer.Option(help="Nombre de tables (par défaut, celui du plan à réparer).", min=0)] = 0,
    rounds: Annotated[int, typer.Option(help="Nombre de tours (par défaut, celui du plan à réparer).", min=0)] = 0,
    attributes: Annotated[str, typer.Option(help="Colonnes à mêler à chaque table, séparées par des virgules.")] = "",
    apart: Annotated[str, typer.Option(help="Colonne dont les membres sont séparés autant que possible.")] = "",
    together: Annotated[Path | None, typer.Option(help="CSV person,group : un même groupe s’assoit ensemble.")] = None,
    never: Annotated[Path | None, typer.Option(help="CSV a,b : deux personnes jamais à la même table.")] = None,
    pins: Annotated[
        Path | None,
        typer.Option(
            help="CSV person,table[,round] : tables et tours comptés à partir de 1 ; « 1|3 » : l’une des deux."
        ),
    ] = None,
    previous: Annotated[Path | None, typer.Option(help="Plan à réparer, écrit par cette commande.")] = None,
    absent: Annotated[str, typer.Option(help="Identifiants des absents, séparés par des virgules.")] = "",
    arrived: Annotated[Path | None, typer.Option(help="CSV des arrivants, aux mêmes colonnes.")] = None,
    topics: Annotated[
        str, typer.Option(help="Sujet de chaque table, dans l’ordre ; people.csv a une colonne wishes : a;b.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Graine : la même donne le même plan.", min=0)] = 1,
    effort: Annotated[float, typer.Option(help="Multiplie le travail de recherche.", min=0.01, max=100)] = 1.0,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Compose des tables mêlées sur plusieurs tours ; avec --previous, le répare en déplaçant peu."""
    from time import perf_counter

    from essaim.cli.reading import BadInput, answering, listed, read_table
    from essaim.cli.writing import working, write
    from essaim.engine.grouping import replan, seat

    with answering():
        if not previous and not (tables and rounds):
            raise BadInput("Dites combien de tables et de tours : --tables 6 --rounds 2.")
        names = listed(attributes)
        everyone = read_people(read_table(people, "id"), names, apart)
        if arrived:
            everyone += read_people(read_table(arrived, "id"), names, apart)
        wishes = read_wishes(everyone, together, never, pins)
        missing = listed(absent)
        check_known(missing, everyone)
        start = perf_counter()
        with working(f"Placement de {len(everyone) - len(missing)} personnes"):
            if previous:
                before = read_plan(previous)
                plan = replan(
                    before, everyone, absent=missing, tables=tables or None, apart="organisation" if apart else None,
                    seed=seed, effort=effort, **wishes,
                )  # fmt: skip
            else:
                present = [person for person in everyone if person.id not in set(missing)]
                plan = seat(
                    present, tables=tables, rounds=rounds, apart="organisation" if apart else None,
                    seed=seed, effort=effort, **wishes,
                )  # fmt: skip
        names_of = listed(topics)
        told: dict[str, Any] = {}
        if names_of:
            files = [read_table(path, "id", "wishes") for path in (people, arrived) if path]
            kept = frozenset(table for pin in wishes["pins"] for table in pin.tables)
            plan, told = by_topic(plan, read_topic_wishes(files, names_of), names_of, None if previous else kept)
        write(document(plan, perf_counter() - start) | told, out)


def read_people(table: "Table", attributes: Sequence[str], apart: str) -> "list[Person]":
    """The people of a file, with the attributes to mix."""
    from essaim.engine.grouping import Person

    table.need(*attributes, *([apart] if apart else []))
    table.unique("id")
    return [
        Person(row.text("id"), {name: row.text(name) for name in attributes}, row.cells.get(apart, "")) for row in table
    ]


def read_topic_wishes(files: "Sequence[Table]", topics: Sequence[str]) -> dict[str, list[str]]:
    """The topics each person wishes for, separated by semicolons or bars; each must be the topic of a table."""
    found = {}
    for row in (row for file in files for row in file):
        wished = [part.strip() for part in row.cells["wishes"].replace("|", ";").split(";") if part.strip()]
        for topic in wished:
            if topic not in topics:
                row.refuse(f"« {topic} » n’est le sujet d’aucune table.", "wishes")
        found[row.text("id")] = wished
    return found


def by_topic(
    plan: "Plan", wishes: dict[str, list[str]], topics: Sequence[str], kept: frozenset[int] | None
) -> "tuple[Plan, dict[str, Any]]":
    """The plan, its tables named so that most wishes are met (as they are when `kept` is None), and the count."""
    from essaim.cli.reading import BadInput
    from essaim.engine.grouping.topics import met_wishes, name_tables, with_names

    tables = len(plan.sizes[0])
    if len(topics) != tables:
        raise BadInput(f"--topics : {len(topics)} sujets pour {tables} tables ; donnez-en un par table.")
    if kept is not None:
        plan = with_names(plan, name_tables(plan, wishes, topics, kept=kept))
    met, asked = met_wishes(plan, wishes, topics)
    return plan, {"wishes_met": met, "wishes": asked, "topics": list(topics)}


def read_wishes(
    people: "Sequence[Person]", together: Path | None, never: Path | None, pins: Path | None
) -> dict[str, Any]:
    """The hard wishes, as `seat` takes them."""
    from essaim.cli.reading import read_table

    known = {person.id for person in people}
    groups: dict[str, list[str]] = {}
    for row in read_table(together, "person", "group") if together else ():
        groups.setdefault(row.text("group"), []).append(row.choice("person", known, "la personne"))
    pairs = [
        (row.choice("a", known, "la personne"), row.choice("b", known, "la personne"))
        for row in (read_table(never, "a", "b") if never else ())
    ]
    return {
        "together": list(groups.values()),
        "never_together": pairs,
        "pins": read_pins(read_table(pins, "person", "table"), known) if pins else [],
    }


def read_pins(table: "Table", known: set[str]) -> "list[Pin]":
    """Tables and rounds are counted from 1 in the file, as in the room, and from 0 in the engine."""
    from essaim.engine.grouping import Pin

    found = []
    for row in table:
        choices = row.text("table").split("|")
        if not all(choice.strip().isdecimal() for choice in choices):
            row.refuse(f"« {row.text('table')} » n’est pas un numéro de table.", "table")
        round_ = row.whole("round") - 1 if "round" in row else None
        person = row.choice("person", known, "la personne")
        found.append(Pin(person, frozenset(int(choice) - 1 for choice in choices), round_))
    return found


def check_known(absent: Sequence[str], people: "Sequence[Person]") -> None:
    """Who is said absent must be known."""
    from essaim.cli.reading import BadInput

    known = {person.id for person in people}
    for identifier in absent:
        if identifier not in known:
            raise BadInput(f"--absent : la personne « {identifier} » est inconnue.")


def read_plan(path: Path) -> "Plan":
    """A plan written by `document`; its numbers are not read, they are recounted."""
    from essaim.cli.reading import BadInput, read_json
    from essaim.engine.grouping import Plan

    found = read_json(path, "rounds", "people", "sizes", "seed")
    people, rounds, sizes = found["people"], found["rounds"], found["sizes"]
    sound = isinstance(people, list) and isinstance(rounds, list) and isinstance(sizes, list) and rounds and sizes
    if not sound or any(
        not isinstance(row, list) or len(row) != len(people) or any(not isinstance(table, int) for table in row)
        for row in rounds
    ):
        raise BadInput(f"Le fichier « {path.name} » n’est pas un plan écrit par essaim group.")
    return Plan(
        people=tuple(map(str, people)), rounds=tuple(map(tuple, rounds)), sizes=tuple(map(tuple, sizes)),
        off_quota=0, repeated_pairs=0, repeated_pairs_bound=0, apart_pairs=0, apart_pairs_bound=0, tables=(), moved=0,
        proven_optimal=False, seed=0,
    )  # fmt: skip


def document(plan: "Plan", seconds: float) -> dict[str, Any]:
    """The plan with its numbers, its bounds and the mix of each table."""
    return {
        "rounds": [list(row) for row in plan.rounds],
        "people": list(plan.people),
        "sizes": [list(row) for row in plan.sizes],
        "off_quota": plan.off_quota,
        "repeated_pairs": plan.repeated_pairs,
        "repeated_pairs_bound": plan.repeated_pairs_bound,
        "apart_pairs": plan.apart_pairs,
        "apart_pairs_bound": plan.apart_pairs_bound,
        "tables": [list(row) for row in plan.tables],
        "moved": plan.moved,
        "proven_optimal": plan.proven_optimal,
        "seconds": round(seconds, 3),
        "seed": plan.seed,
        "units": UNITS,
    }
