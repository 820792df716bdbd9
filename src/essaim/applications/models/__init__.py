"""Applications: answers, financing plan, documents, filings."""

from essaim.applications.models.application import Application, ApplicationState, Collaborator
from essaim.applications.models.budget import CostLine, DeMinimisAid, DeMinimisStatement, FundingLine
from essaim.applications.models.call_versions import VersionNotice
from essaim.applications.models.documents import Document
from essaim.applications.models.filing import Filing, KeptFile
from essaim.applications.models.instruction import CompletionRequest, CompletionState, Exchange, PaperArrival
from essaim.applications.models.writing import AnswerVersion, Comment, Guest, Presence

__all__ = [
    "AnswerVersion",
    "Application",
    "ApplicationState",
    "Collaborator",
    "Comment",
    "CompletionRequest",
    "CompletionState",
    "CostLine",
    "DeMinimisAid",
    "DeMinimisStatement",
    "Document",
    "Exchange",
    "Filing",
    "FundingLine",
    "Guest",
    "KeptFile",
    "PaperArrival",
    "Presence",
    "VersionNotice",
]
