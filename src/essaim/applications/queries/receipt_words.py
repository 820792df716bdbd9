"""A receipt as people read it: every word comes from what was signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from essaim.applications.queries.form import questions_of, sections_of
from essaim.applications.queries.saying import said_answer
from essaim.kernel.bilingual import as_bilingual
from essaim.ui.formats import day, instant, number


def words_of(filing: Any) -> dict[str, Any]:
    """The receipt as people read it, in their language; every word comes from what was signed."""
    statement = json.loads(filing.receipt)
    service = statement["service"]
    silence = date.fromisoformat(statement["silence"]["date"])
    received = datetime.fromisoformat(statement["received_at"])
    labels = {code: str(question.label) for code, question in questions_of(filing.application.rule_set).items()}
    modes = {
        "automatic": _("Déposé automatiquement à la clôture, comme demandé."),
        "late_code": _("Déposé après la clôture, avec un code donné par le service."),
        "completion": _("Déposé en réponse à une demande de complément."),
    }
    return {
        "reference": statement["reference"],
        "title": statement["title"],
        "call": str(as_bilingual(statement["call"]["title"])),
        "organisation": statement["organisation"],
        "received": instant(received, statement["zone"], seconds=True),
        "service": {**service, "name": str(as_bilingual(service["name"]))},
        "silence_day": day(silence),
        "silence": _(
            "Sans réponse le %(day)s, et sous réserve que la demande soit complète, la demande est réputée rejetée."
        )
        % {"day": day(silence)},
        "silence_rule": str(as_bilingual(statement["silence"]["rule"])),
        "appeal": str(as_bilingual(statement["appeal"])),
        "missing": statement["missing_documents"],
        "files": [
            {**row, "said_size": _("%(size)s Ko") % {"size": number(-(-row["size"] // 1000))}}
            for row in statement["documents"]
        ],
        "sha256": statement["content_sha256"],
        "journal": statement["journal"],
        "invented": statement["invented"],
        "signature": filing.signature,
        "filing": statement.get("filing", 1),
        "answers": [
            {"label": labels.get(code, code), "sha256": value} for code, value in statement.get("answers", {}).items()
        ],
        "mode_said": modes.get(statement.get("mode", ""), ""),
    }


def said_content(content: Mapping[str, Any], application: Any) -> dict[str, Any]:
    """A frozen content in words: sections of answers, lines of the plan, files; nothing but what was filed."""
    sections = []
    for section in sections_of(application.rule_set):
        rows = []
        for question in section.questions:
            if question.is_place:
                place = content.get("place") or {}
                text = str(place.get("name", ""))
            elif question.code in content["answers"]:
                text = said_answer(question, content["answers"][question.code]).text
            else:
                continue
            rows.append({"label": question.label, "text": text})
        if rows:
            sections.append({"title": section.title, "rows": rows})
    return {
        "title": content["title"],
        "organisation": content.get("organisation") or {},
        "sections": sections,
        "costs": content["costs"],
        "cost_cents": sum(line["amount_cents"] for line in content["costs"]),
        "fundings": content["fundings"],
        "funding_cents": sum(line["amount_cents"] for line in content["fundings"]),
        "documents": content["documents"],
    }
