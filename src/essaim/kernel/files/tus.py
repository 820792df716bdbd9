"""The tus 1.0 protocol (creation, termination, expiration, checksum) over `uploads`; anyone's client can speak it.

`POST /envois/` announces a file, `PATCH` adds bytes at an offset, `HEAD` says where it stopped, `DELETE` gives up;
`GET` says in JSON what became of it. Only its sender sees an upload. Sizes are judged before a byte is read.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from essaim.kernel import clock
from essaim.kernel.files import uploads
from essaim.kernel.files.refusal import FileRefused, FileTooBig
from essaim.kernel.models import Upload
from essaim.kernel.workflow import Refused

VERSION = "1.0.0"
BODY = "application/offset+octet-stream"
LARGEST_NUMBER = 16  # digits


def collection(request: HttpRequest) -> HttpResponse:
    """Announce a file (POST), or ask what the server can do (OPTIONS)."""
    if _method(request) == "OPTIONS":
        return _answer(
            204,
            {
                "Tus-Version": VERSION,
                "Tus-Max-Size": str(settings.MAX_UPLOAD_MB * 10**6),
                "Tus-Extension": "creation,expiration,termination,checksum",
                "Tus-Checksum-Algorithm": "sha256",
            },
        )
    if _method(request) != "POST":
        return _answer(405, {"Allow": "OPTIONS, POST"})
    if refusal := _other_version(request):
        return refusal
    length = _number(request.headers.get("Upload-Length", ""))
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    if length is None or told is None:
        return _say(400, _("Cet envoi ne dit pas sa taille ou son nom\u00a0: rechargez la page, puis recommencez."))
    try:
        upload = uploads.begin(
            by=request.user,
            door=told.get("door", "")[:60],
            target=told.get("target", "")[:120],
            name=told.get("filename", ""),
            length=length,
            announced_sha256=told.get("sha256", ""),
            at=clock.now(),
        )
    except FileTooBig as refusal:
        return _say(413, str(refusal))
    except (FileRefused, Refused) as refusal:
        return _say(422, str(refusal))
    headers = {"Location": reverse("upload", args=[upload.public_id]), "Upload-Offset": str(upload.offset)}
    return _answer(201, headers | _expiry(upload))


def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One upload: where it is (HEAD, GET), more of it (PATCH), or give it up (DELETE)."""
    upload = get_object_or_404(Upload, public_id=public_id, by=request.user)
    method = _method(request)
    if method == "GET":
        return _told(upload)
    if method not in {"HEAD", "PATCH", "DELETE"}:
        return _answer(405, {"Allow": "DELETE, GET, HEAD, PATCH"})
    if refusal := _other_version(request):
        return refusal
    if upload.expires_at <= clock.now():
        return _say(410, _("Cet envoi a été interrompu trop longtemps\u00a0: recommencez-le."))
    if method == "HEAD":
        headers = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.length)}
        return _answer(200, headers | _expiry(upload))
    if method == "DELETE":
        uploads.abandon(upload)
        return _answer(204)
    return _more(request, upload)


def _more(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Take the bytes of a PATCH, whose length is judged before they are read."""
    if request.content_type != BODY:
        return _say(415, _("Ces octets ne sont pas annoncés comme un morceau de fichier."))
    offset, length = (
        _number(request.headers.get("Upload-Offset", "")),
        _number(request.headers.get("Content-Length", "")),
    )
    if offset is None or length is None:
        return _say(400, _("Ce morceau ne dit pas où il commence, ou sa longueur."))
    if length > upload.length - offset:
        return _say(413, _("Ce morceau dépasse la taille annoncée du fichier\u00a0: recommencez l’envoi."))
    algorithm, _space, checksum = request.headers.get("Upload-Checksum", "").partition(" ")
    if algorithm not in ("", "sha256"):
        return _say(400, _("Cette somme de contrôle n’est pas connue\u00a0: sha256 l’est."))
    body: Any = request
    try:
        uploads.receive(upload, body, offset=offset, checksum=checksum, at=clock.now())
    except uploads.Conflict:
        return _say(409, _("Ce morceau ne commence pas où le fichier s’arrête\u00a0: demandez où il en est."))
    except uploads.Damaged:
        return _say(460, _("Ce morceau est arrivé abîmé\u00a0: envoyez-le de nouveau."))
    except OSError:  # the connection was cut: nobody reads this answer
        return _say(400, _("L’envoi a été coupé."))
    return _answer(204, {"Upload-Offset": str(upload.offset)} | _expiry(upload))


def _told(upload: Upload) -> HttpResponse:
    return _headed(
        JsonResponse(
            {
                "name": upload.name,
                "length": upload.length,
                "offset": upload.offset,
                "outcome": upload.outcome,
                "sentence": upload.sentence,
                "sha256": upload.sha256,
            }
        )
    )


def _method(request: HttpRequest) -> str:
    """The method, or the one that stands for it where a proxy lets only POST through."""
    return (request.headers.get("X-HTTP-Method-Override") or request.method or "").upper()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LARGEST_NUMBER else None


def _metadata(header: str) -> dict[str, str] | None:
    """`Upload-Metadata`: names and base64 values, separated by commas; None when it cannot be read."""
    found = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _space, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    return found if found.get("filename") and "\x00" not in "".join(found.values()) else None


def _other_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _answer(412, {"Tus-Version": VERSION})


def _expiry(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}


def _say(status: int, sentence: str) -> HttpResponse:
    return _headed(JsonResponse({"sentence": sentence}, status=status))


def _answer(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    response = HttpResponse(status=status)
    for name, value in (headers or {}).items():
        response[name] = value
    return _headed(response)


def _headed(response: HttpResponse) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response
