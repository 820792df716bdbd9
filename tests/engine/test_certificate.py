import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.territory import brute_force, candidates, communes

from essaim.engine import certificate
from essaim.engine.certificate import verify_certificate
from essaim.engine.portfolio import Constraints, select

RULES = Constraints(budget_cents=300_000_00, radius_km=15, weight=20_000, quotas={"R0": (0, 2)}, one_per_commune=True)


def proven(seed):
    everyone, towns = candidates(9, seed), communes(50, seed)
    return everyone, towns, select(everyone, towns, constraints=RULES)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_verify_certificate_bounds_every_portfolio(seed):
    everyone, towns, portfolio = proven(seed)
    document = json.loads(json.dumps(portfolio.certificate.document()))
    bound = verify_certificate(document)
    assert bound == portfolio.certificate.bound == document["bound"]
    assert bound >= brute_force(everyone, towns, RULES)


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_verify_certificate_holds_for_any_prices(data):
    everyone, towns, portfolio = proven(4)
    document = portfolio.certificate.document()
    prices = document["multipliers"][0]
    prices["budget"] = data.draw(st.integers(0, 10**9))
    prices["groups"] = [data.draw(st.integers(-(10**15), 10**15)) for _ in prices["groups"]]
    share = data.draw(st.integers(0, 1000))
    prices["cells"] = [certificate.SCALE * worth * share // 1000 for worth in document["instance"]["cells"]]
    assert verify_certificate(document) >= portfolio.value == brute_force(everyone, towns, RULES)


@pytest.mark.parametrize(
    ("tamper", "where"),
    [
        (lambda d: d["instance"].update(budget_cents=1), "digest, budget"),
        (lambda d: d["instance"]["cells"].__setitem__(0, d["instance"]["cells"][0] + 1), "digest"),
        (lambda d: d["funded"].pop(), "value"),
        (lambda d: d.update(value=d["value"] + 1), "value"),
        (lambda d: d["funded"].append("nobody"), "funded"),
        (lambda d: d.update(kind="other"), "kind"),
    ],
)
def test_verify_certificate_says_where_it_breaks(tamper, where):
    document = copy.deepcopy(proven(4)[2].certificate.document())
    tamper(document)
    with pytest.raises(ValueError, match=f"breaks at: .*{where}"):
        verify_certificate(document)


def test_verify_certificate_refuses_a_price_out_of_bounds():
    document = proven(4)[2].certificate.document()
    document["multipliers"][0]["budget"] = -1
    with pytest.raises(ValueError, match="out of its bounds"):
        verify_certificate(document)


def test_verifier_stands_alone_in_sixty_lines():
    source = Path(certificate.__file__)
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 60
    portfolio = proven(4)[2]
    published = json.dumps(portfolio.certificate.document())
    answer = subprocess.run(
        [sys.executable, "-I", "-S", str(source)], input=published, capture_output=True, text=True, check=True
    )
    assert answer.stdout == f"no portfolio is worth more than {portfolio.certificate.bound} units\n"
