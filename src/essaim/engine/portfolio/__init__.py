"""The portfolio: which applications to fund within an envelope, and the proof that it is the best choice."""

from essaim.engine.portfolio.answer import Portfolio
from essaim.engine.portfolio.certify import Certificate
from essaim.engine.portfolio.model import Candidate, Constraints, Grant, Infeasible, PortfolioError
from essaim.engine.portfolio.selecting import select

__all__ = [
    "Candidate",
    "Certificate",
    "Constraints",
    "Grant",
    "Infeasible",
    "Portfolio",
    "PortfolioError",
    "select",
]
