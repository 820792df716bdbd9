"""What proves: the site's signature, and the instant of arrival."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from essaim.kernel import clock, signing

VECTOR = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"  # RFC 8032, 7.1, test 1


@pytest.fixture(autouse=True)
def fresh_key(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    signing._private_key.cache_clear()
    yield
    signing._private_key.cache_clear()


def test_signature_is_that_of_the_standard(settings):
    settings.SIGNING_KEY = VECTOR
    assert signing.public_key() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signing.sign(b"") == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )


def test_one_bit_changed_is_seen():
    signature = signing.sign(b"recu 1")
    assert signing.verify(b"recu 1", signature)
    assert signing.verify(b"recu 1", signature, signing.public_key())
    for bit in range(48):
        changed = bytearray(b"recu 1")
        changed[bit // 8] ^= 1 << bit % 8
        assert not signing.verify(bytes(changed), signature)
    assert not signing.verify(b"recu 1", "zz")
    assert not signing.verify(b"recu 1", signature, "00")


def test_key_is_drawn_once_and_readable_by_its_owner_only(tmp_path):
    key = signing.public_key()
    path = tmp_path / "signing_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    signing._private_key.cache_clear()
    assert signing.public_key() == key


def test_production_wants_a_key(settings, tmp_path):
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="ESSAIM_SIGNING_KEY is not set"):
        signing.sign(b"")
    assert not (tmp_path / "signing_key").exists()


def test_wrong_key_is_said(settings):
    settings.SIGNING_KEY = "abc"
    with pytest.raises(ImproperlyConfigured, match="not 32 bytes in hexadecimal"):
        signing.sign(b"")


@pytest.fixture
def request_at():
    """A request handed to us at noon, with these headers."""
    noon = datetime(2013, 9, 16, 12, 0, tzinfo=UTC)

    def make(**headers):
        request = RequestFactory().post("/", headers=headers)
        request.arrived_at = noon
        return request

    return noon, make


def stamped(noon, seconds, secret="le secret"):
    return {"X-Essaim-Stamp": f"{noon.timestamp() + seconds:.3f}", "X-Essaim-Stamp-Secret": secret}


def test_stamp_of_the_trusted_proxy_is_the_arrival(settings, request_at):
    settings.TRUSTED_STAMP = "le secret"
    noon, make = request_at
    assert clock.arrival(make(**stamped(noon, -90))) == noon - timedelta(seconds=90)


@pytest.mark.parametrize("seconds", [-7200, 5])
def test_impossible_stamp_is_ignored(settings, request_at, seconds):
    settings.TRUSTED_STAMP = "le secret"
    noon, make = request_at
    assert clock.arrival(make(**stamped(noon, seconds))) == noon


def test_forged_stamp_is_ignored(settings, request_at):
    noon, make = request_at
    assert clock.arrival(make(**stamped(noon, -90))) == noon
    assert clock.arrival(make(**stamped(noon, -90, ""))) == noon
    settings.TRUSTED_STAMP = "le secret"
    assert clock.arrival(make(**stamped(noon, -90, "deviné"))) == noon
    assert clock.arrival(make(**{"X-Essaim-Stamp": "demain", "X-Essaim-Stamp-Secret": "le secret"})) == noon
    assert clock.arrival(make()) == noon


def test_clock_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta()


def test_request_without_front_door_arrives_now():
    before = clock.now()
    assert before <= clock.arrival(RequestFactory().get("/")) <= clock.now()
