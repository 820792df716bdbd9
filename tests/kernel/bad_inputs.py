"""Hostile uploads, file names and texts, made here: nothing is downloaded, nothing dangerous is stored.

`files()` gives `HostileFile`s; `taken` says whether the right answer is to keep it as an opaque download or to refuse.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

MIB = 2**20
# In two halves, so that this source is not itself taken for a virus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
SVG = (
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script>"
    b"<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/></body>"
    b"</foreignObject></svg>"
)
XXE = b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>"

NAMES = [
    "../../etc/passwd",
    "..\\..\\win.ini",
    "a\x00.pdf",
    "a.pdf\r\nX-Injected: 1",
    "CON.pdf",
    "é" * 200 + ".pdf",
    "budget.pdf.exe",
    ".htaccess",
    "a/b.pdf",
    "\u202efdp.exe",
    "-rf.pdf",
    '"; filename=evil.html; x="',
    "<img src=x onerror=alert(1)>.pdf",
    "",
    " ",
    "." * 300,
]
CSV_FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://127.0.0.1/x","x")',
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "\n=1+1",
    "'=1+1",
    ";=1+1",
]
URLS_OPEN_REDIRECT = [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "/%09/evil.example",
    "http://127.0.0.1@evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example",
    "/%2F%2Fevil.example",
    "https://evil.example%00.localhost",
    "///evil.example",
    "/.evil.example",
]
URLS_SSRF = [
    "http://127.0.0.1/",
    "http://localhost:5432/",
    "http://[::1]/",
    "http://0/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://127.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "http://metadata.google.internal/",
    "ftp://127.0.0.1/",
    "http://127.0.0.1:80%40example.org/",
    "http://[fd00::1]/",
    "http://100.64.0.1/",
]


@dataclass(frozen=True)
class HostileFile:
    """A file, why it is hostile, and whether it is taken all the same, as an opaque download."""

    name: str
    content: bytes
    why: str
    taken: bool


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """A compressed archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(mib: int = 200) -> bytes:
    """`mib` MiB of zeros in about `mib` KiB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("zeros", "w") as member,
    ):
        for _piece in range(mib):
            member.write(bytes(MIB))
    return out.getvalue()


def nested(depth: int = 6) -> bytes:
    """Archives in archives: three to the power of `depth` bombs."""
    content = bomb(5)
    for _level in range(depth):
        content = zip_of({f"{rank}.zip": content for rank in range(3)})
    return content


def billion_laughs() -> bytes:
    """A small XML document whose entities expand a billion times."""
    entities = b"<!ENTITY a 'aaaaaaaaaa'>"
    for rank in range(9):
        entities += b"<!ENTITY %c '%s'>" % (98 + rank, (b"&%c;" % (97 + rank)) * 10)
    return b"<?xml version='1.0'?><!DOCTYPE l [" + entities + b"]><l>&j;</l>"


def png(width: int, height: int) -> bytes:
    """A tiny PNG file that declares this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(width // 8 + 1) * min(height, 2000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def docx_bomb() -> bytes:
    """A Word document whose text would be 100 MiB of spaces."""
    types = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    return zip_of({"[Content_Types].xml": types, "word/document.xml": b"<a>" + b" " * (100 * MIB) + b"</a>"})


def files() -> list[HostileFile]:
    """The 22 files."""
    javascript = PDF.replace(b"/Pages 2 0 R", b"/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>")
    return [
        HostileFile("ok.pdf", PDF, "smallest valid PDF", True),
        HostileFile("eicar.com", EICAR, "antivirus test string", False),
        HostileFile("eicar.pdf", PDF + EICAR, "test string inside a PDF", True),
        HostileFile("eicar.zip", zip_of({"e.com": EICAR}), "test string, zipped", False),
        HostileFile("bomb.zip", bomb(), "200 MiB of zeros", False),
        HostileFile("many.zip", zip_of({f"f{rank}": b"" for rank in range(20_000)}), "20,000 members", False),
        HostileFile("nested.zip", nested(), "archives in archives", False),
        HostileFile("zipslip.zip", zip_of({"../../../../tmp/zipslip.txt": b"x"}), "member out of its folder", False),
        HostileFile("bomb.docx", docx_bomb(), "100 MiB of text", False),
        HostileFile("lol.xml", billion_laughs(), "billion laughs", False),
        HostileFile("xxe.xml", XXE, "external entity", False),
        HostileFile("x.svg", SVG, "scripted SVG", False),
        HostileFile("svg.png", SVG, "SVG called PNG", False),
        HostileFile("html.pdf", b"<html><script>alert(1)</script>" + PDF, "HTML and PDF at once", False),
        HostileFile("js.pdf", javascript, "PDF that runs JavaScript when opened", True),
        HostileFile("zip.pdf", PDF + zip_of({"a.exe": b"MZ"}), "PDF and ZIP at once", False),
        HostileFile("pixel.png", png(60_000, 60_000), "3.6 billion pixels", False),
        HostileFile("empty.pdf", b"", "empty", False),
        HostileFile("trunc.pdf", PDF[:20], "cut short", False),
        HostileFile("exe.pdf", b"MZ" + bytes(100), "Windows program called PDF", False),
        HostileFile("utf16.csv", "é;=1+1\n".encode("utf-16"), "UTF-16", True),
        HostileFile("nul.txt", b"a\0b", "NUL, which PostgreSQL refuses in a text", True),
    ]
