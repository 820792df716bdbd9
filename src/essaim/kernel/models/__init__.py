"""Tables of the mechanisms."""

from essaim.kernel.models.files import StoredFile, Upload, UploadPart
from essaim.kernel.models.journal import Event, Log
from essaim.kernel.models.mail import Message
from essaim.kernel.models.probe import Probe, ProbeDraft
from essaim.kernel.models.tasks import Job, Worker

__all__ = [
    "Event",
    "Job",
    "Log",
    "Message",
    "Probe",
    "ProbeDraft",
    "StoredFile",
    "Upload",
    "UploadPart",
    "Worker",
]
