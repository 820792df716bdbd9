"""`essaim assign`: experts to applications, the greatest total affinity, proven, with a reason for each pair."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

if TYPE_CHECKING:
    from essaim.engine.assignment import Assignment

TOP_LEVEL = True
app = typer.Typer()

UNITS = {
    "score, total, bound": "unité d’affinité du fichier",
    "loads": "dossiers par expert",
    "changed": "paires absentes de l’affectation précédente",
    "prices": "unité d’affinité : ce que l’expert est demandé au-delà de sa charge",
    "seconds": "secondes",
}


class Question(NamedTuple):
    """affinity and allowed: (applications, experts) arrays, with the names of both."""

    affinity: Any
    allowed: Any
    applications: list[str]
    experts: list[str]


@app.command()
def assign(
    affinity: Annotated[
        Path,
        typer.Option(
            help="CSV application,expert,score (paire absente : 0), ou .npz : similarity, mask (vrai : permis)."
        ),
    ],
    reviews: Annotated[int, typer.Option(help="Avis par demande.", min=1)],
    load: Annotated[str, typer.Option(help="Dossiers par expert, au moins et au plus : 8:15.")],
    conflicts: Annotated[Path | None, typer.Option(help="CSV application,expert : paires interdites.")] = None,
    kinds: Annotated[Path | None, typer.Option(help="CSV expert,kind : au moins un expert de chaque type.")] = None,
    at_least_one: Annotated[
        str, typer.Option(help="Avec --kinds : seulement ces types, séparés par des virgules.")
    ] = "",
    floor: Annotated[str, typer.Option(help="Affinité minimale d’une paire ; auto : la plus haute possible.")] = "",
    previous: Annotated[Path | None, typer.Option(help="Affectation précédente, écrite par cette commande.")] = None,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Affecte les experts aux demandes : la plus grande affinité totale, prouvée, et une raison par paire."""
    from time import perf_counter

    from essaim.cli.reading import answering, listed, option_number
    from essaim.cli.writing import working, write
    from essaim.engine import assignment as engine

    with answering():
        low, high = read_load(load)
        least: float | Literal["auto"] | None = "auto" if floor == "auto" else None
        if floor and floor != "auto":
            least = float(option_number(floor, "floor", least="-1000000", most="1000000"))
        question = read_arrays(affinity) if affinity.suffix == ".npz" else read_pairs(affinity, kinds)
        kind_of = read_kinds(kinds, question.experts) if kinds else None
        required = listed(at_least_one) or sorted(set(kind_of or ()) - {""})
        if conflicts:
            forbid(question, conflicts)
        before = read_previous(previous) if previous else None
        names = {"applications": question.applications, "experts": question.experts}
        start = perf_counter()
        with working(f"{len(question.applications)} demandes, {len(question.experts)} experts"):
            answer = engine.assign(
                question.affinity, allowed=question.allowed, reviews=reviews, loads=(low, high), floor=least,
                previous=before, kinds=kind_of, at_least_one=required, **names,
            )  # fmt: skip
            seconds = perf_counter() - start
            reasons = engine.why_each(answer, affinity=question.affinity, allowed=question.allowed, **names)
        write(document(answer, [reason.fr for reason in reasons], seconds), out)


def read_load(text: str) -> tuple[int, int]:
    """« 8:15 » as (8, 15)."""
    from essaim.cli.reading import BadInput

    low, _, high = text.partition(":")
    if not (low.isdecimal() and high.isdecimal() and int(low) <= int(high)):
        raise BadInput(f"--load : « {text} » n’est pas une charge ; écrivez au moins:au plus, par exemple 8:15.")
    return int(low), int(high)


def read_pairs(path: Path, kinds: Path | None) -> Question:
    """The matrix of a CSV; experts known by their kind only have no affinity with anyone."""
    import numpy as np

    from essaim.cli.reading import read_table

    table = read_table(path, "application", "expert", "score")
    table.unique("application", "expert")
    others = {row.text("expert") for row in read_table(kinds, "expert", "kind")} if kinds else set()
    applications = sorted({row.text("application") for row in table})
    experts = sorted({row.text("expert") for row in table} | others)
    rows, columns = ({name: k for k, name in enumerate(names)} for names in (applications, experts))
    matrix = np.zeros((len(applications), len(experts)))
    for row in table:
        matrix[rows[row.text("application")], columns[row.text("expert")]] = row.real("score")
    return Question(matrix, np.ones(matrix.shape, dtype=bool), applications, experts)


def read_arrays(path: Path) -> Question:
    """The arrays of a .npz: similarity (n, m), mask (n, m) true where the pair is allowed; names are positions."""
    import numpy as np

    from essaim.cli.reading import BadInput

    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise BadInput(f"Le fichier « {path} » n’existe pas.") from None
    except (OSError, ValueError, EOFError):
        raise BadInput(f"Le fichier « {path.name} » n’est pas un .npz de tableaux de nombres.") from None
    if "similarity" not in found:
        raise BadInput(f"Le fichier « {path.name} » n’a pas de tableau « similarity ».")
    matrix = found["similarity"]
    mask = found.get("mask", np.ones(matrix.shape, dtype=bool))
    if matrix.ndim != 2 or mask.shape != matrix.shape or not np.issubdtype(matrix.dtype, np.number):
        raise BadInput(f"« {path.name} » : similarity et mask doivent être deux tableaux de mêmes dimensions (n, m).")
    n, m = matrix.shape
    return Question(matrix.astype(float), mask.astype(bool), list(map(str, range(n))), list(map(str, range(m))))


def forbid(question: Question, path: Path) -> None:
    """Take out the pairs in conflict."""
    from essaim.cli.reading import read_table

    rows, columns = ({name: k for k, name in enumerate(names)} for names in (question.applications, question.experts))
    for row in read_table(path, "application", "expert"):
        i = rows[row.choice("application", rows, "la demande")]
        question.allowed[i, columns[row.choice("expert", columns, "l’expert")]] = False


def read_kinds(path: Path, experts: Sequence[str]) -> list[str]:
    """The kind of each expert; "" for those not listed."""
    from essaim.cli.reading import read_table

    table = read_table(path, "expert", "kind")
    table.unique("expert")
    kind_of = {row.choice("expert", set(experts), "l’expert"): row.text("kind") for row in table}
    return [kind_of.get(expert, "") for expert in experts]


def read_previous(path: Path) -> "Assignment":
    """An assignment written by `document`: its pairs and its prices."""
    from essaim.cli.reading import BadInput, read_json
    from essaim.engine.assignment import Assignment, Pair

    found = read_json(path, "pairs", "prices")
    try:
        pairs = tuple(Pair(pair["application"], pair["expert"], float(pair["score"])) for pair in found["pairs"])
        prices = {str(expert): float(price) for expert, price in found["prices"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput(f"Le fichier « {path.name} » n’est pas une affectation écrite par essaim assign.") from None
    return Assignment(
        pairs=pairs, total=0, bound=0, loads={}, worst_application="", worst_total=0, proven_optimal=False, changed=0,
        floor=None, prices=prices,
    )  # fmt: skip


def document(answer: "Assignment", reasons: Sequence[str], seconds: float) -> dict[str, Any]:
    """The assignment, its proof and its reasons."""
    return {
        "pairs": [
            {"application": pair.application, "expert": pair.expert, "score": pair.score, "why": why}
            for pair, why in zip(answer.pairs, reasons, strict=True)
        ],
        "total": answer.total,
        "bound": answer.bound,
        "loads": answer.loads,
        "worst_application": {"id": answer.worst_application, "total": answer.worst_total},
        "floor": answer.floor,
        "proven_optimal": answer.proven_optimal,
        "changed": answer.changed,
        "prices": answer.prices,
        "seconds": round(seconds, 3),
        "units": UNITS,
    }
