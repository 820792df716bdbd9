"""The site's routes as the resolver knows them, and its pages as a visitor finds them: by following links."""

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404

from tests.page import CHECKS, Page

SAMPLES = {
    "slug": "exemple",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "1",
    "str": "exemple",
    "path": "a/b",
}
READING = {"SELECT", "WITH", "EXPLAIN", "PRAGMA", "SAVEPOINT", "RELEASE"}
SAMPLES_OF_EACH = 3
LEFT_ALONE = ("/compte/deconnexion/", "/langue/")


def routes():
    """Every named route of the site: its full name and its address, with converters."""
    return dict(sorted(_routes(get_resolver().url_patterns, "", "")))


def _routes(patterns, namespace, prefix):
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _routes(pattern.url_patterns, inner, address)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield namespace + pattern.name, address


def sample(address):
    """An address of that shape: /jams/<slug:slug>/ gives /jams/exemple/."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "exemple"), address)


def name_of(url):
    """The route an address belongs to, None when it is none of ours."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return None


@dataclass
class Visit:
    """One page as it was fetched."""

    who: str
    url: str
    name: str
    status: int
    headers: dict
    cookies: dict
    problems: list = field(default_factory=list)
    writes: list = field(default_factory=list)
    statements: list = field(default_factory=list)

    def __str__(self):
        return f"{self.url} ({self.who})"

    @property
    def repeated(self):
        """The statements sent more than three times."""
        return {sql[:160]: n for sql, n in Counter(self.statements).items() if n > 3}


def walk(client: Client, who: str, *starts: str, language: str = "fr") -> list[Visit]:
    """Follow every link from some pages, a few addresses per route and set of parameters; GET only."""
    found, seen, known, waiting = [], set(), Counter(), list(starts)
    while waiting:
        url = waiting.pop(0)
        name = name_of(url)
        key = (name, tuple(sorted({parameter for parameter, _value in parse_qsl(urlsplit(url).query)})))
        if name is None or url in seen or known[key] >= SAMPLES_OF_EACH or urlsplit(url).path.startswith(LEFT_ALONE):
            continue
        seen.add(url)
        known[key] += 1
        visit, page = fetch(client, who, url, name, language)
        found.append(visit)
        if page:
            waiting += [
                address
                for link in page.select("a")
                if (address := urljoin(url, link.get("href", "").partition("#")[0])).startswith("/")
                and not address.startswith("//")
            ]
    return found


def fetch(client: Client, who: str, url: str, name: str, language: str = "fr"):
    """Fetch one address, noting every SQL statement; gives the visit and the parsed page when it is one."""
    statements, writes = [], []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        if sql.lstrip("( ").split(" ", 1)[0].upper() not in READING:
            writes.append(sql[:200])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        response = client.get(url, headers={"accept-language": language})
        body = b"".join(response.streaming_content) if response.streaming else response.content
    visit = Visit(
        who, url, name, response.status_code, dict(response.items()), dict(response.cookies), [], writes, statements
    )
    page = None
    if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
        text = body.decode()
        page = Page(text)
        if "<html" in text:
            visit.problems = [problem for check in CHECKS for problem in check(page)]
    if response.status_code in {301, 302}:
        page = Page(f'<a href="{response["Location"]}"></a>')
    return visit, page


if __name__ == "__main__":
    import django

    django.setup()
    from pathlib import Path

    path = Path(__file__).with_name("routes.txt")
    known = set(path.read_text().split()) if path.exists() else set()
    path.write_text("\n".join(sorted(known | set(routes().values()))) + "\n")
