"""`essaim rank`: scores without the experts' severity."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from essaim.engine.calibration import Calibration, Score

TOP_LEVEL = True
app = typer.Typer()

UNITS = {
    "mean, quality": "unité des notes",
    "expected_rank, low, high": "rang, 1 est le meilleur ; low et high sont les bornes à 5 % et 95 %",
    "probability_fundable": "probabilité d’être parmi les finançables",
    "severity": "unité des notes, positive : note plus bas que les autres",
    "variance": "unité des notes au carré",
}


@app.command()
def rank(
    scores: Annotated[Path, typer.Argument(help="CSV : application,expert,score.")],
    fundable: Annotated[int | None, typer.Option(help="Combien de demandes peuvent être financées.", min=0)] = None,
    draws: Annotated[int, typer.Option(help="Nombre de tirages de la loi a posteriori.", min=100)] = 10_000,
    seed: Annotated[int, typer.Option(help="Graine : la même donne le même résultat.", min=0)] = 1,
    posterior: Annotated[
        Path | None, typer.Option(help="Écrit aussi 500 tirages des qualités en .npz, pour essaim select --draws.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Fichier JSON à écrire.")] = None,
) -> None:
    """Classe les demandes sans la sévérité de leurs experts, et dit lesquelles ne sont pas départagées."""
    from essaim.cli.reading import answering, read_table
    from essaim.cli.writing import working, write
    from essaim.engine.calibration import Score, calibrate

    with answering():
        table = read_table(scores, "application", "expert", "score")
        table.unique("application", "expert")
        rows = [Score(row.text("application"), row.text("expert"), row.real("score")) for row in table]
        with working(f"{len(rows)} notes, {draws} tirages"):
            found = calibrate(rows, fundable=fundable, draws=draws, seed=seed)
            if posterior:
                write_posterior(rows, posterior, min(draws, 500), seed)
        write(document(found), out)


def write_posterior(rows: "list[Score]", path: Path, draws: int, seed: int) -> None:
    """Joint draws of the qualities: arrays `applications` (n,) and `quality` (draws, n)."""
    import numpy as np

    from essaim.cli.reading import BadInput
    from essaim.engine.calibration import posterior_draws

    found = posterior_draws(rows, draws=draws, seed=seed)
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, applications=np.array(found.applications), quality=found.quality)
    except OSError:
        raise BadInput(f"« {path} » ne peut pas être écrit.") from None


def document(found: "Calibration") -> dict[str, Any]:
    """Applications by expected rank, experts, variances."""
    return {
        "applications": [
            {
                "id": application.id,
                "mean": application.mean,
                "quality": application.quality,
                "expected_rank": application.expected_rank,
                "low": application.low,
                "high": application.high,
                "probability_fundable": application.probability_fundable,
                "group": application.group,
            }
            for application in found.applications
        ],
        "experts": [
            {
                "id": expert.id,
                "severity": expert.severity,
                "low": expert.low,
                "high": expert.high,
                "scores": expert.scores,
            }
            for expert in found.experts
        ],
        "variance": {
            "application": found.variance.application,
            "expert": found.variance.expert,
            "residual": found.variance.residual,
        },
        "fundable": found.fundable,
        "draws": found.draws,
        "seed": found.seed,
        "units": UNITS,
    }
