"""Check a published portfolio with the Python standard library alone:  python certificate.py < certificate.json
An application is [id, cost in cents, value, free|mandatory|excluded, cells it covers]; a cell is its worth; a group is
[label, least, most, members]. All are integers; prices are in 1/SCALE of the unit. Whatever the prices, each leaf
bounds every portfolio of its case (Lagrangian relaxation); a "split" has one case with the application, one without.
"""

# fmt: off
import hashlib
import json
import sys
from typing import Any

KIND, SCALE = "essaim.portfolio.certificate/1", 1_000_000

def digest(instance: dict[str, Any]) -> str:
    """SHA-256 of the instance as canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(json.dumps(instance, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
def leaf_bound(instance: dict[str, Any], prices: dict[str, Any], forced: dict[int, bool]) -> int:
    """The most any portfolio can be worth, with these applications forced in (True) or out (False)."""
    budget, cells, worth = prices["budget"], prices["cells"], instance["cells"]
    if budget < 0 or any(not 0 <= price <= SCALE * most for price, most in zip(cells, worth, strict=True)):
        raise ValueError("a price is out of its bounds")
    paid = [0] * len(instance["applications"])
    total: int = budget * instance["budget_cents"] + SCALE * sum(worth) - sum(cells)
    for (_, least, most, members), price in zip(instance["groups"], prices["groups"], strict=True):
        total += max(price * least, price * most)
        for i in members:
            paid[i] += price
    for i, (_, cost, value, state, covers) in enumerate(instance["applications"]):
        net = SCALE * value + sum(cells[c] for c in covers) - budget * cost - paid[i]
        inside = forced.get(i) if state == "free" else state == "mandatory"
        total += max(0, net) if inside is None else net if inside else 0
    return total // SCALE
def verify_certificate(document: dict[str, Any]) -> int:
    """The bound of the value of every portfolio, recomputed; raises ValueError saying where the document breaks."""
    instance, rows, funded = document["instance"], document["instance"]["applications"], set(document["funded"])
    chosen = {i for i, row in enumerate(rows) if row[0] in funded}
    reached = {cell for i in chosen for cell in rows[i][4]}
    value: int = sum(rows[i][2] for i in chosen) + sum(instance["cells"][cell] for cell in reached)
    broken = {
        "kind": document["kind"] != KIND,
        "digest": digest(instance) != document["digest"],
        "funded": not len(chosen) == len(funded) == len(document["funded"]),
        "value": value != document["value"],
        "budget": sum(rows[i][1] for i in chosen) > instance["budget_cents"],
        "decided": any(row[3] == ("excluded" if i in chosen else "mandatory") for i, row in enumerate(rows)),
        "groups": any(not low <= len(chosen & set(of)) <= high for _, low, high, of in instance["groups"]),
    }
    if any(broken.values()):
        raise ValueError("the certificate breaks at: " + ", ".join(name for name in broken if broken[name]))
    bound, cases = value, [(document["tree"], dict[int, bool]())]
    while cases:
        node, forced = cases.pop()
        if "split" in node:
            cases += [(node[branch], forced | {node["split"]: branch == "in"}) for branch in ("in", "out")]
        else:
            bound = max(bound, leaf_bound(instance, document["multipliers"][node["use"]], forced))
    return bound
if __name__ == "__main__":
    sys.stdout.write(f"no portfolio is worth more than {verify_certificate(json.load(sys.stdin))} units\n")
