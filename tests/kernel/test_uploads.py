"""Uploads in pieces: the tus protocol, cuts and resumptions, refusals before a byte is read, what is kept."""

import base64
import io
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from essaim.kernel import files
from essaim.kernel.files import uploads
from essaim.kernel.models import StoredFile, Upload, UploadPart
from tests.kernel import bad_inputs

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MIB = 2**20
V = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(autouse=True)
def door():
    """A door of the tests: takes documents for the thing called « ici », at most 21 MB."""

    def admit(by, target, *, name, length):
        if target != "ici":
            raise files.FileRefused("Rien n’est attendu là.")
        files.refuse_size(length, name=name, max_bytes=21 * 10**6)

    def take(by, target, *, file, name, at):
        return files.store(file, name=name, by=by, at=at)

    uploads.door("tests.sample", admit=admit, take=take)
    yield
    del uploads.DOORS["tests.sample"]


@pytest.fixture
def client(person):
    signed_in = Client(headers={"accept-language": "fr"})
    signed_in.force_login(person)
    return signed_in


def b64(text):
    return base64.b64encode(text.encode()).decode()


def announce(client, content, name="note.txt", target="ici", door="tests.sample", length=None, digest=None):
    told = {"door": door, "target": target, "filename": name, "sha256": digest or sha256(content).hexdigest()}
    metadata = ",".join(f"{key} {b64(value)}" for key, value in told.items())
    headers = {**V, "Upload-Length": str(len(content) if length is None else length), "Upload-Metadata": metadata}
    return client.post("/envois/", headers=headers)


def send(client, url, piece, offset, **headers):
    return client.patch(
        url,
        piece,
        content_type="application/offset+octet-stream",
        headers={**V, "Upload-Offset": str(offset), **headers},
    )


def parts_on_disk():
    folder = Path(default_storage.path("uploads"))
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_server_says_what_it_can_do(client):
    answer = client.options("/envois/")
    assert (answer.status_code, answer["Tus-Version"], answer["Tus-Max-Size"]) == (204, "1.0.0", "25000000")
    assert answer["Tus-Extension"] == "creation,expiration,termination,checksum"
    assert answer["Tus-Checksum-Algorithm"] == "sha256"


def test_file_sent_in_pieces_is_taken_whole(client, person):
    content = b"bonjour, " * 300_000
    begun = announce(client, content)
    assert (begun.status_code, begun["Upload-Offset"]) == (201, "0")
    url = begun["Location"]
    for start in range(0, len(content), MIB):
        piece = content[start : start + MIB]
        digest = base64.b64encode(sha256(piece).digest()).decode()
        answer = send(client, url, piece, start, **{"Upload-Checksum": f"sha256 {digest}"})
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(start + len(piece)))
    told = client.get(url).json()
    assert told == {
        "name": "note.txt",
        "length": len(content),
        "offset": len(content),
        "outcome": "taken",
        "sentence": "",
        "sha256": sha256(content).hexdigest(),
    }
    stored = StoredFile.objects.get()
    assert (stored.sha256, stored.uploaded_by, files.read(stored)) == (told["sha256"], person, content)
    assert UploadPart.objects.count() == 0
    assert parts_on_disk() == []


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_upload_cut_at_goes_on_and_sends_again_at_most_a_mebibyte(client, share):
    content = bad_inputs.PDF[:-7] + b"%" + bytes(20 * MIB) + b"\n%%EOF\n"
    cut, sent, position = int(len(content) * share), 0, 0
    url = announce(client, content, "plan.pdf")["Location"]

    class Cut(io.BytesIO):
        """A connection that stops at the cut."""

        def read(self, size=-1):
            piece = super().read(min(size, 2**16))
            if not piece:
                raise OSError("cut")
            return piece

    upload = Upload.objects.get()
    while position + MIB <= cut:
        assert send(client, url, content[position : position + MIB], position).status_code == 204
        position += MIB
        sent += MIB
    upload.refresh_from_db()
    with pytest.raises(OSError, match="cut"):
        uploads.receive(upload, Cut(content[position:cut]), offset=position, at=timezone.now())
    sent += cut - position
    # After a reload: the same file announced again is the same upload, and says where it is.
    again = announce(client, content, "plan.pdf")
    assert again["Location"] == url
    position = int(client.head(url, headers=V)["Upload-Offset"])
    assert position == cut
    while position < len(content):
        send(client, url, content[position : position + MIB], position)
        sent += len(content[position : position + MIB])
        position += MIB
    assert sent - len(content) <= MIB
    assert client.get(url).json()["outcome"] == "taken"
    assert StoredFile.objects.get().sha256 == sha256(content).hexdigest()


def test_piece_at_the_wrong_place_is_a_conflict(client):
    url = announce(client, b"bonjour")["Location"]
    assert send(client, url, b"jour", 3).status_code == 409
    send(client, url, b"bon", 0)
    answer = send(client, url, b"bon", 0)
    assert (answer.status_code, answer.json()["sentence"]) == (
        409,
        "Ce morceau ne commence pas où le fichier s’arrête\u00a0: demandez où il en est.",
    )
    assert client.head(url, headers=V)["Upload-Offset"] == "3"


def test_damaged_piece_is_not_kept(client):
    url = announce(client, b"bonjour")["Location"]
    digest = base64.b64encode(sha256(b"autre").digest()).decode()
    assert send(client, url, b"bonjour", 0, **{"Upload-Checksum": f"sha256 {digest}"}).status_code == 460
    assert send(client, url, b"bonjour", 0, **{"Upload-Checksum": "md5 AAAA"}).status_code == 400
    assert client.head(url, headers=V)["Upload-Offset"] == "0"
    assert parts_on_disk() == []


def test_file_that_is_not_the_one_announced_is_refused(client):
    url = announce(client, b"bonjour", digest="0" * 64)["Location"]
    send(client, url, b"bonjour", 0)
    told = client.get(url).json()
    assert (told["outcome"], told["sentence"]) == (
        "refused",
        "note.txt n’est pas arrivé tel qu’il est parti\u00a0: envoyez-le de nouveau.",
    )
    assert StoredFile.objects.count() == 0


def test_refused_file_says_why_and_leaves_nothing(client):
    content = b"MZ" + bytes(100)
    url = announce(client, content, "budget.pdf")["Location"]
    assert send(client, url, content, 0).status_code == 204
    assert client.get(url).json()["sentence"] == (
        "budget.pdf n’est pas un PDF\u00a0: c’est un programme Windows. "
        "Choisissez le bon fichier, puis déposez-le de nouveau."
    )
    assert parts_on_disk() == []


@pytest.mark.parametrize(
    ("length", "status", "sentence"),
    [
        (0, 422, "Le fichier est vide (0 octet)\u00a0: choisissez-en un autre."),
        (
            200 * 10**6,
            413,
            "note.txt pèse 200 Mo\u00a0: la limite est de 25 Mo. Réduisez-le, puis déposez-le de nouveau.",
        ),
        (
            21_500_000,
            413,
            "note.txt pèse 21,5 Mo\u00a0: la limite est de 21 Mo. Réduisez-le, puis déposez-le de nouveau.",
        ),
    ],
)
def test_size_is_refused_before_a_byte_is_sent(client, length, status, sentence):
    answer = announce(client, b"", length=length)
    assert (answer.status_code, answer.json()["sentence"]) == (status, sentence)
    assert Upload.objects.count() == 0


def test_piece_longer_than_the_file_is_refused_unread(client):
    url = announce(client, b"bonjour")["Location"]
    assert send(client, url, b"bonjour et plus", 0).status_code == 413
    assert client.head(url, headers=V)["Upload-Offset"] == "0"


def test_account_has_a_daily_quota(client, settings):
    settings.UPLOAD_QUOTA_MB = 2
    assert announce(client, bytes(1_500_000)).status_code == 201
    answer = announce(client, bytes(1_500_000), "autre.txt")
    assert (answer.status_code, answer.json()["sentence"]) == (
        413,
        "Vous avez envoyé plus de 2 Mo en un jour\u00a0: reprenez demain, ou regroupez vos fichiers.",
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"headers": {"Upload-Length": "3", "Upload-Metadata": "filename YQ=="}}, 412),
        ({"headers": {**V, "Upload-Length": "trois", "Upload-Metadata": "filename YQ=="}}, 400),
        ({"headers": {**V, "Upload-Length": "-1", "Upload-Metadata": "filename YQ=="}}, 400),
        ({"headers": {**V, "Upload-Length": "9" * 40, "Upload-Metadata": "filename YQ=="}}, 400),
        ({"headers": {**V, "Upload-Length": "3"}}, 400),
        ({"headers": {**V, "Upload-Length": "3", "Upload-Metadata": "filename ***"}}, 400),
        ({"headers": {**V, "Upload-Length": "3", "Upload-Metadata": "filename AA=="}}, 400),
        ({"headers": {**V, "Upload-Length": "3", "Upload-Metadata": "filename YQ==,door eA=="}}, 422),
    ],
)
def test_announcement_that_cannot_be_read_is_refused(client, changes, status):
    assert client.post("/envois/", **changes).status_code == status


def test_wrong_type_method_and_version_are_refused(client):
    url = announce(client, b"bonjour")["Location"]
    headers = {**V, "Upload-Offset": "0"}
    assert client.patch(url, b"bonjour", content_type="text/plain", headers=headers).status_code == 415
    assert client.put(url).status_code == 405
    assert client.put("/envois/").status_code == 405
    assert client.head(url).status_code == 412
    assert client.head(url)["Tus-Version"] == "1.0.0"


def test_method_may_be_overridden_where_a_proxy_lets_only_post_through(client):
    url = announce(client, b"bonjour")["Location"]
    answer = client.post(
        url,
        b"bonjour",
        content_type="application/offset+octet-stream",
        headers={**V, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
    )
    assert answer.status_code == 204


def test_upload_is_its_senders_only(client, db):
    from essaim.accounts.models import Person

    url = announce(client, b"bonjour")["Location"]
    other = Client()
    other.force_login(Person.objects.create_user("autre@example.org"))
    assert other.get(url).status_code == other.head(url, headers=V).status_code == 404
    assert send(other, url, b"bonjour", 0).status_code == 404
    assert other.delete(url, headers=V).status_code == 404
    assert send(Client(), url, b"bonjour", 0).status_code == 302


def test_upload_can_be_given_up(client):
    url = announce(client, b"bonjour")["Location"]
    send(client, url, b"bon", 0)
    assert client.delete(url, headers=V).status_code == 204
    assert (Upload.objects.count(), parts_on_disk()) == (0, [])
    assert client.head(url, headers=V).status_code == 404


def test_unfinished_upload_expires(client):
    url = announce(client, b"bonjour")["Location"]
    send(client, url, b"bon", 0)
    late = timezone.now() + timedelta(days=8)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.head(url, headers=V).status_code == 410
    uploads.forget_expired(at=late)
    assert (Upload.objects.count(), parts_on_disk()) == (0, [])


def test_worker_that_died_before_handing_over_is_made_up_for(client):
    url = announce(client, b"bonjour")["Location"]
    upload = Upload.objects.get()
    uploads._keep(upload, b"bonjour", at=timezone.now())  # the last piece is kept, then the process dies
    assert client.head(url, headers=V)["Upload-Offset"] == "7"
    headers = {**V, "Upload-Offset": "7", "Content-Length": "0", "Content-Type": "application/offset+octet-stream"}
    assert client.patch(url, headers=headers).status_code == 204
    assert client.get(url).json()["outcome"] == "taken"


def test_pieces_need_the_forms_token(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post("/envois/", headers=V).status_code == 403
