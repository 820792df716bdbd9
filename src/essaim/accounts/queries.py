"""Reads: people of the demonstration, organisations of a person, invitations that still wait."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower


class PersonQuerySet(models.QuerySet):
    """People."""

    def demo_accounts(self) -> "PersonQuerySet":
        """Invented people who show one role each on the demonstration page."""
        return self.filter(invented=True, is_active=True).exclude(demo_role="").order_by("pk")

    def with_email(self, email: str) -> "PersonQuerySet":
        """The person with this address, whatever its case."""
        return self.annotate(email_lower=Lower("email")).filter(email_lower=email.strip().lower())

    def colleagues_of(self, person: Any) -> "PersonQuerySet":
        """The people who act for an organisation `person` acts for."""
        return self.filter(memberships__organisation__memberships__person=person).distinct()


class OrganisationQuerySet(models.QuerySet):
    """Organisations."""

    def of(self, person: Any) -> "OrganisationQuerySet":
        """The organisations `person` acts for, by name."""
        return self.filter(memberships__person=person).distinct()

    def with_member_count(self) -> "OrganisationQuerySet":
        """Each with `member_count`."""
        return self.annotate(member_count=Count("memberships", distinct=True))


class MembershipQuerySet(models.QuerySet):
    """Who acts for what."""

    def representatives(self) -> "MembershipQuerySet":
        """The memberships that may manage the organisation."""
        return self.filter(role="representative")


class InvitationQuerySet(models.QuerySet):
    """Invitations."""

    def to(self, scope: str, scope_id: int) -> "InvitationQuerySet":
        """The invitations to one thing, newest first."""
        return self.filter(scope=scope, scope_id=scope_id).order_by("-created_at", "-pk")

    def waiting(self, at: datetime) -> "InvitationQuerySet":
        """Neither accepted, nor withdrawn, nor expired."""
        return self.filter(Q(accepted_at=None) & Q(withdrawn_at=None) & Q(expires_at__gt=at))


class VaultQuerySet(models.QuerySet):
    """Documents kept by organisations."""

    def whole(self) -> "VaultQuerySet":
        """With every version, its file and who added it, in two more queries."""
        return self.prefetch_related("versions__file", "versions__added_by")
