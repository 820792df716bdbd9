"""What a new call holds before anyone writes in it: what the law asks to say, and what every form asks first."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def _both(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": en}


KINDS = {
    "association": _both("une association", "an association"),
    "company": _both("une entreprise", "a company"),
    "local_authority": _both("une collectivité territoriale", "a local authority"),
    "public_body": _both("un établissement public", "a public body"),
}
CALL: dict[str, Any] = {
    "period": {"timezone": "Europe/Paris"},
    "silence": {
        "months": 2,
        "effect": "rejection",
        "text": _both(
            "Sans réponse deux mois après la réception, et sous réserve que la demande soit complète, celle-ci est "
            "réputée rejetée (CRPA, L231-4 3°).",
            "Without an answer two months after reception, and provided the request is complete, it is deemed rejected "
            "(CRPA, L231-4 3°).",
        ),
    },
    "appeal": {
        "delay_months": 2,
        "text": _both(
            "Dans les deux mois, vous pouvez demander au service de revoir sa décision ou saisir le tribunal "
            "administratif compétent, y compris par Télérecours citoyens.",
            "Within two months, you may ask the service to review its decision, or bring the case before the competent "
            "administrative court, also online through Télérecours citoyens.",
        ),
    },
    "late": {
        "text": _both(
            "Après la clôture, aucun dépôt n’est reçu ; le brouillon est gardé. L’heure qui compte est celle de "
            "l’arrivée au serveur.",
            "After closing, no filing is received; the draft is kept. The time that counts is the arrival at the "
            "server.",
        )
    },
    "category": [
        {"code": "equipment", "title": _both("Équipement", "Equipment"), "account": "21"},
        {"code": "services", "title": _both("Services", "Services"), "account": "61"},
        {"code": "staff", "title": _both("Personnel", "Staff"), "account": "64"},
        {"code": "other", "title": _both("Autres", "Other"), "account": "65"},
    ],
}
RULES: dict[str, Any] = {
    "labels": KINDS,
    "rule": [
        {
            "id": "plan-equilibre",
            "title": _both("Plan de financement équilibré", "Balanced financing plan"),
            "article": _both("Règle usuelle des plans de financement", "Usual rule of financing plans"),
            "severity": "blocking",
            "met": _both("Les ressources couvrent exactement les dépenses.", "Resources cover costs exactly."),
            "not_met": _both("Le plan de financement n’est pas équilibré.", "The financing plan does not balance."),
            "check": {"op": "eq", "fact": "balance", "value": "0.00"},
        }
    ],
}
FORM: dict[str, Any] = {
    "section": [
        {
            "code": "applicant",
            "step": "organisation",
            "title": _both("Le demandeur", "The applicant"),
            "question": [
                {
                    "code": "applicant_kind",
                    "type": "choice",
                    "required": True,
                    "fact": "applicant.kind",
                    "label": _both("Vous êtes", "You are"),
                    "choices": list(KINDS),
                },
                {"code": "siret", "type": "siret", "label": _both("SIRET", "SIRET")},
            ],
        },
        {
            "code": "project",
            "step": "project",
            "title": _both("Le projet", "The project"),
            "question": [
                {
                    "code": "title",
                    "type": "short_text",
                    "required": True,
                    "max_length": 120,
                    "label": _both("Titre du projet", "Title of the project"),
                },
                {
                    "code": "commune",
                    "type": "commune",
                    "required": True,
                    "fact": "territory.commune",
                    "label": _both("Commune du projet", "Commune of the project"),
                },
            ],
        },
    ]
}
GRID: dict[str, Any] = {
    "scale": {"min": 0, "max": 5, "step": 1},
    "justification_min_length": 40,
    "level": [
        {"score": 0, "title": _both("Absent", "Absent")},
        {"score": 1, "title": _both("Très faible", "Very weak")},
        {"score": 2, "title": _both("Faible", "Weak")},
        {"score": 3, "title": _both("Correct", "Fair")},
        {"score": 4, "title": _both("Bon", "Good")},
        {"score": 5, "title": _both("Excellent", "Excellent")},
    ],
    "criterion": [],
}
DOCUMENTS: dict[str, Any] = {
    "document": [
        {
            "code": "bank_details",
            "title": _both("Relevé d’identité bancaire (RIB)", "Bank details"),
            "help": _both("Au nom exact du demandeur.", "In the exact name of the applicant."),
            "required_for": ["*"],
            "formats": ["pdf", "jpg", "png"],
            "max_megabytes": 5,
        }
    ]
}


def starting_content() -> dict[str, Any]:
    """The content of a call nobody has written yet: what the law asks, and what is asked in every call."""
    parts = {"call": CALL, "rules": RULES, "form": FORM, "grid": GRID, "documents": DOCUMENTS, "letters": {}}
    return deepcopy(parts)


def copied_content(content: dict[str, Any]) -> dict[str, Any]:
    """Another call's content to start from: all but its title, its address and its dates."""
    copied = deepcopy(content)
    copied["call"] = {
        key: value for key, value in copied["call"].items() if key not in {"slug", "reference", "calendar"}
    }
    copied["call"]["period"] = {"timezone": copied["call"].get("period", {}).get("timezone", "Europe/Paris")}
    return copied
