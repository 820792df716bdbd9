"""Applications: answers, financing plan, documents, filings."""

from essaim.applications.models.application import Application, ApplicationState, Collaborator
from essaim.applications.models.budget import CostLine, FundingLine
from essaim.applications.models.documents import Document
from essaim.applications.models.filing import Filing

__all__ = ["Application", "ApplicationState", "Collaborator", "CostLine", "Document", "Filing", "FundingLine"]
