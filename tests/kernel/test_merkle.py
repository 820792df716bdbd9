"""The Merkle tree against the published vectors of RFC 6962 and against its own definition."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.kernel import merkle

LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    bytes(range(0x50, 0x58)),
    bytes(range(0x60, 0x70)),
]


def hashes(data):
    return [merkle.leaf_hash(leaf) for leaf in data]


def defined_root(data):
    """The root as RFC 6962 section 2.1 defines it, recursively from the data."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return sha256(b"\x01" + defined_root(data[:k]) + defined_root(data[k:])).digest()


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_root_is_that_of_the_published_vectors(size, expected):
    assert merkle.root(hashes(LEAVES[:size])).hex() == expected


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_root_is_as_defined(data):
    assert merkle.root(hashes(data)) == defined_root(data)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_inclusion_proof_holds_for_its_leaf_and_no_other(data, draw):
    leaves = hashes(data)
    index = draw.draw(st.integers(0, len(leaves) - 1))
    proof, root = merkle.inclusion_proof(index, leaves), merkle.root(leaves)
    assert merkle.verify_inclusion(leaves[index], index, len(leaves), proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(data[index] + b"!"), index, len(leaves), proof, root)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_consistency_proof_holds_unless_the_past_was_rewritten(data, draw):
    old = draw.draw(st.integers(1, len(data)))
    leaves = hashes(data)
    before, now = merkle.root(leaves[:old]), merkle.root(leaves)
    proof = merkle.consistency_proof(old, leaves)
    assert merkle.verify_consistency(old, len(leaves), before, now, proof)
    if old < len(data):
        forged = [merkle.leaf_hash(b"forged!!!"), *leaves[1:]]
        forged_proof = merkle.consistency_proof(old, forged)
        assert not merkle.verify_consistency(old, len(leaves), before, merkle.root(forged), forged_proof)


def test_inclusion_is_refused_out_of_the_tree():
    assert not merkle.verify_inclusion(merkle.leaf_hash(b""), 1, 1, [], merkle.root(hashes([b""])))
    assert not merkle.verify_inclusion(merkle.leaf_hash(b""), -1, 1, [], merkle.root(hashes([b""])))
