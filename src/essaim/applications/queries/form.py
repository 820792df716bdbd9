"""Which questions of its call's form an application is asked, and which of its answers count."""

from __future__ import annotations

from typing import Any

from essaim.calls.queries.answers import Question
from essaim.calls.queries.form import Section, asked_codes, question_of, questions_of, sections_of

__all__ = [
    "Question",
    "Section",
    "answers_counted",
    "asked",
    "asked_codes",
    "question_of",
    "questions_of",
    "sections_of",
]


def asked(application: Any) -> list[Question]:
    """The questions an application's answers call for, in order."""
    questions = questions_of(application.rule_set)
    codes = asked_codes(questions.values(), application.answers, place=application.commune_id)
    return [question for code, question in questions.items() if code in codes]


def answers_counted(application: Any) -> dict[str, Any]:
    """The answers that are filed: those of the questions asked."""
    codes = {question.code for question in asked(application)}
    return {code: answer for code, answer in application.answers.items() if code in codes}
