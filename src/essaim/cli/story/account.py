"""What the story comes to: the JSON of `essaim replay`, read from the database it was told into."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum

from essaim.applications.models import Application, ApplicationState
from essaim.awards.models import Agreement, Payment
from essaim.cli.story.choose import letters_of, regions_of
from essaim.cli.story.telling import Story
from essaim.jams.models import Card
from essaim.kernel.models import Log
from essaim.opendata.exports import DATASETS
from essaim.reviews.models import Assignment, AssignmentState, Conflict, Expert
from essaim.selections.models import Decision, Scenario


def account(story: Story) -> dict[str, Any]:
    """The whole account, in the order of the thread."""
    log = Log.objects.get(name=story.programme.journal_log)
    return {
        "jam": _jam(story),
        "call": {
            "slug": story.call.slug,
            "opens_at": story.call.opens_at.isoformat() if story.call.opens_at else None,
            "closes_at": story.call.closes_at.isoformat() if story.call.closes_at else None,
            "rules_sha256": story.call.rule_set.rules_sha256 if story.call.rule_set else None,
        },
        "applications": _applications(story),
        "reviews": {
            "experts": Expert.objects.filter(call=story.call).count(),
            "assigned": Assignment.objects.filter(expert__call=story.call)
            .exclude(state=AssignmentState.RECUSED)
            .count(),
            "done": Assignment.objects.filter(expert__call=story.call, state=AssignmentState.DONE).count(),
            "conflicts": Conflict.objects.filter(expert__call=story.call).count(),
        },
        "selection": _selection(story),
        "decisions": {
            "notified": letters_of(story),
            "with_reasons": sum(bool(reasons) for reasons in _decisions(story).values_list("reasons", flat=True)),
        },
        "awards": {
            "agreements": Agreement.objects.filter(decision__selection=story.selection).count(),
            "paid_cents": Payment.objects.filter(
                agreement__decision__selection=story.selection, state="paid"
            ).aggregate(total=Sum("amount_cents"))["total"]
            or 0,
        },
        "opendata": {"files": _files(story)},
        "journal": {"events": log.size, "head": log.root},
    }


def _decisions(story: Story) -> Any:
    return Decision.objects.filter(selection=story.selection, state="published")


def _jam(story: Story) -> dict[str, Any]:
    states = dict(story.jam.proposals.values_list("state").annotate(n=Count("pk")).order_by())
    rounds = []
    for round_ in story.jam.rounds.order_by("number"):
        seating = round_.seating
        sizes = list(round_.groups.annotate(n=Count("seats")).order_by("number").values_list("n", flat=True))
        rounds.append(
            {
                "question": str(round_.question.get("fr", "")),
                "tables": round_.tables,
                "sizes": sizes,
                "repeated_pairs": seating.get("repeated_pairs"),
                "repeated_pairs_bound": seating.get("repeated_pairs_bound", seating.get("bound")),
                "off_quota": seating.get("off_quota"),
            }
        )
    return {
        "participants": story.jam.participants.count(),
        "rounds": rounds,
        "cards": Card.objects.filter(group__round__jam=story.jam).count(),
        "proposals": sum(states.values()) - states.get("draft", 0),
        "answered": sum(states.get(s, 0) for s in ("retained", "studied", "declined")),
        "retained": states.get("retained", 0),
    }


def _applications(story: Story) -> dict[str, int]:
    found = Application.objects.files().filter(call=story.call)
    return {
        "drafts": found.count(),
        "filed": found.filter(filed_at__isnull=False).count(),
        "refused_late": found.filter(refused_late_at__isnull=False).count(),
        "inadmissible": found.filter(state=ApplicationState.INADMISSIBLE).count(),
        "ineligible": found.filter(state=ApplicationState.INELIGIBLE).count(),
        "regions": regions_of(story),
    }


def _selection(story: Story) -> dict[str, Any]:
    scenario = Scenario.objects.get(pk=story.counts["scenario"])
    return {
        "budget_cents": scenario.budget_cents,
        "granted_cents": scenario.granted_cents,
        **{name: scenario.result[name] for name in ("funded", "value", "bound", "gap", "newly_covered_population")},
    }


def _files(story: Story) -> list[dict[str, Any]]:
    """Each public file, written for real, with its size in bytes."""
    at = story.when(2016, 2, 1)
    return [
        {"name": dataset.name, "bytes": len(dataset.write(story.programme, at)), "schema": dataset.schema}
        for dataset in DATASETS.values()
    ]
