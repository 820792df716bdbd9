"""Django's permissions, answered by the transition tables and the roles: nothing is stored per person."""

from __future__ import annotations

from typing import Any

from django.db import models

from essaim.kernel import access
from essaim.kernel.workflow import LIFECYCLES


class RoleBackend:
    """`user.has_perm("calls.publish_call", call)` answers from the same transition table as the button."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Never signs anyone in."""

    def has_perm(self, user: Any, perm: str, obj: models.Model | None = None) -> bool:
        """Whether `user` may make the move `<app>.<move>_<model>` on `obj`, as far as roles go."""
        lifecycle = LIFECYCLES.get(type(obj)) if obj is not None else None
        if lifecycle is None or obj is None:
            return False
        move = perm.partition(".")[2].removesuffix(f"_{obj._meta.model_name}")
        transition = lifecycle.table.get(move)
        return transition is not None and bool(transition.by & access.roles(user, obj))
