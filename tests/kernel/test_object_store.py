"""Files in an S3 object store instead of the disk, against a server on this machine."""

import subprocess
import sys

import pytest

boto3 = pytest.importorskip("boto3")

SCRIPT = """
import django, sys
django.setup()
from django.core.files.storage import default_storage
from essaim.kernel import clock, files
from essaim.kernel.files import storage
from essaim.kernel.models import StoredFile
import io
stored = StoredFile(sha256=storage.digest_of(io.BytesIO(b"bonjour"))[0], size=7, name="a.txt")
for attempt in range(2):
    storage.keep(io.BytesIO(b"bonjour"), path=stored.path, sha256_hex=stored.sha256)
assert files.read(stored) == b"bonjour"
try:
    storage.keep(io.BytesIO(b"autre"), path=stored.path, sha256_hex=stored.sha256)
except OSError:
    assert not default_storage.exists(stored.path)
    sys.stdout.write("ok")
"""


@pytest.fixture
def store(monkeypatch):
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket="essaim")
    yield address
    client.close()
    server.stop()


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_file_is_kept_and_read_back_in_an_object_store(store, process_env):
    env = {
        **process_env,
        "ESSAIM_S3_BUCKET": "essaim",
        "ESSAIM_S3_ENDPOINT": store,
        "ESSAIM_S3_KEY": "key",
        "ESSAIM_S3_SECRET": "secret",
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.returncode) == ("ok", 0), done.stderr


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_upload_in_pieces_goes_through_an_object_store(store, settings, person):
    import io

    from django.core.files.storage import default_storage
    from django.utils import timezone

    from essaim.kernel import files
    from essaim.kernel.files import uploads

    options = {"bucket_name": "essaim", "endpoint_url": store, "access_key": "key", "secret_key": "secret"}
    options |= {"region_name": "us-east-1", "addressing_style": "path", "file_overwrite": True}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
    }
    kept = []
    uploads.DOORS["here"] = uploads.Door(
        admit=lambda *by, **told: None,
        take=lambda by, target, *, file, name, at: kept.append(files.store(file, name=name, by=by, at=at)),
    )
    try:
        upload = uploads.begin(by=person, door="here", target="", name="b.txt", length=12, at=timezone.now())
        for offset in (0, 6):
            uploads.receive(upload, io.BytesIO(b"morcea"), offset=offset, at=timezone.now())
    finally:
        del uploads.DOORS["here"]
    assert (upload.outcome, upload.sentence) == ("taken", "")
    assert files.read(kept[0]) == b"morceamorcea"
    assert default_storage.listdir(f"uploads/{upload.public_id.hex}")[1] == []
