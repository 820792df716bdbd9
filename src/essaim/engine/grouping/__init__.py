"""Mixed tables over several rounds: everyone meets other roles, other regions, other people.

Persons i, rounds r, K tables of size floor(n/K) or ceil(n/K). Minimised, in this order: hard wishes (never broken),
persons outside the floor/ceil of their attribute's share of the table, repeated pairs, pairs to keep apart. When a plan
is repaired, moving as few people as can be comes before these.

`seat` plans, `replan` repairs a plan after absences and arrivals moving only who must, `evaluate` recounts any plan
from the people alone. Refs: Barrett et al., AAAI-23, 5490-5498; Papenberg & Klau 2021 (anticlustering); CSPLib prob010.
"""

from essaim.engine.grouping.plan import Evaluation, Person, Pin, Plan, evaluate, mixes, repeated_pairs_bound
from essaim.engine.grouping.seating import replan, seat

__all__ = ["Evaluation", "Person", "Pin", "Plan", "evaluate", "mixes", "repeated_pairs_bound", "replan", "seat"]
