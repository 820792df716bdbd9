"""Who is what to an object, and what each may see: declared once per model, in that stage's `access.py`.

Roles come from relations (programme team, organisation, assignment, seat), never from a flag on the person. The same
declaration answers "what is this person to this object" and "which objects may this person see"; tests keep them in
agreement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.http import Http404

M = TypeVar("M", bound=models.Model)
Roles = frozenset[str]
ANYONE = "anyone"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Policy:
    """The access policy of a model."""

    roles: Callable[[Any, Any], Roles]
    visible_to: Callable[[Any], models.QuerySet[Any]]


POLICIES: dict[type[models.Model], Policy] = {}
ROLE_LABELS: dict[str, Any] = {}


def declare(
    model: type[M],
    *,
    roles: Callable[[Any, M], Roles],
    visible_to: Callable[[Any], models.QuerySet[M]],
) -> None:
    """Declare a model's policy once. `roles(user, obj)`; `visible_to(user)`: both accept the anonymous user."""
    if model in POLICIES:
        raise ValueError(f"the access policy of {model.__name__} is declared twice")
    POLICIES[model] = Policy(roles, visible_to)


def declare_roles(**labels: Any) -> None:
    """Name roles as people read them."""
    ROLE_LABELS.update(labels)


def roles(user: Any, obj: models.Model) -> Roles:
    """What `user` is to `obj`; everybody is "anyone", and None (the system itself) is only "system"."""
    if user is None:
        return frozenset({SYSTEM})
    return POLICIES[type(obj)].roles(user, obj) | {ANYONE}


def visible_to(user: Any, model: type[M]) -> models.QuerySet[M]:
    """The objects of a model that `user` may see."""
    return POLICIES[model].visible_to(user)


def fetch(user: Any, model: type[M] | models.QuerySet[M], **lookup: Any) -> M:
    """The one visible object that matches, or 404: what one may not see does not exist."""
    queryset = model if isinstance(model, models.QuerySet) else visible_to(user, model)
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValidationError, ValueError, TypeError):
        raise Http404 from None
