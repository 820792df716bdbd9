"""What is promised about work in the background: attempts, idempotency key, progress, and who is working."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of work asked for. It outlives the queue's own rows: a retry is a new row there, the same job here."""

    class State(models.TextChoices):
        QUEUED = "queued", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Fait")
        FAILED = "failed", _("Échoué")
        CANCELLED = "cancelled", _("Annulé")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("fonction"), max_length=200)
    key = models.CharField(_("clé d’unicité"), max_length=200, null=True, blank=True)
    arguments = models.JSONField(_("arguments"), default=dict)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("essais faits"), default=0)
    queue_task = models.CharField(_("tâche dans la file"), max_length=40, blank=True)
    worker = models.CharField(_("exécutant"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    run_after = models.DateTimeField(_("pas avant"), null=True, blank=True)
    started_at = models.DateTimeField(_("commencé le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("fini le"), null=True, blank=True)
    error = models.TextField(_("dernière erreur"), blank=True)
    cancel_requested = models.BooleanField(_("annulation demandée"), default=False)
    progress_done = models.PositiveIntegerField(_("fait"), default=0)
    progress_total = models.PositiveIntegerField(_("à faire"), default=0)
    progress_sentence = models.CharField(_("où en est-on"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("travail")
        verbose_name_plural = _("travaux")
        constraints = [
            models.UniqueConstraint(fields=["name", "key"], condition=models.Q(key__isnull=False), name="job_key_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state"
            ),
        ]
        indexes = [models.Index(fields=["state", "run_after"], name="job_due")]

    def __str__(self) -> str:
        return f"{self.name} · {self.state}"

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class Worker(models.Model):
    """A working process and the end of its lease: past it, the worker is dead and its jobs are given to others."""

    id = models.CharField(primary_key=True, max_length=64)
    host = models.CharField(_("machine"), max_length=200)
    pid = models.PositiveIntegerField(_("processus"))
    started_at = models.DateTimeField(_("démarré le"))
    seen_at = models.DateTimeField(_("vu le"))
    lease_until = models.DateTimeField(_("bail jusqu’au"))

    class Meta:
        verbose_name = _("exécutant")
        verbose_name_plural = _("exécutants")

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
