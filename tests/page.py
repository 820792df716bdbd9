"""The floor of every page: what a fetched page must be, whatever it says.

`page = check_page(client.get(url))` asserts, then gives a `Page` to read: `page.h1`, `page.text`, `page.links`,
`page.select("a", href="/x/")`.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from django.http import HttpResponse

VOICELESS = {"hidden", "submit", "button", "reset", "image"}
RICH = {"script", "style", "template", "svg"}


class Page:
    """A parsed page: elements by tag and attributes, texts with their spaces tidied."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)
        for element in self.root.iter():  # svg and its content, named without their namespace
            if isinstance(element.tag, str):
                element.tag = element.tag.rpartition("}")[2]
        self.errors = [f"{kind} {details} at {place}" for place, kind, details in parser.errors]
        self.html = html

    def select(self, tag: str = "*", **attributes: str) -> list[Element]:
        """The elements of that tag whose attributes have these values (`class_` asks for one of the classes)."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items() if name != "class_"}
        style = attributes.get("class_")
        return [
            element
            for element in self.root.iter(None if tag == "*" else tag)
            if isinstance(element.tag, str)
            and all(element.get(name) == value for name, value in wanted.items())
            and (style is None or style in element.get("class", "").split())
        ]

    @property
    def h1(self) -> str:
        """The text of the page's h1."""
        return text_of(self.select("h1")[0])

    @property
    def title(self) -> str:
        """The text of the title element."""
        return text_of(self.select("title")[0])

    @property
    def text(self) -> str:
        """What is read in main, spaces tidied (no-break spaces are kept)."""
        return text_of(self.select("main")[0])

    @property
    def links(self) -> dict[str, str]:
        """Every link's text and address."""
        return {text_of(link): link.get("href", "") for link in self.select("a")}


def check_page(response: HttpResponse, status: int = 200) -> Page:
    """Assert the floor on a fetched page and give it parsed; each failed assertion says what is wrong."""
    assert response.status_code == status, f"status {response.status_code}, {status} expected"
    assert response["Content-Type"] == "text/html; charset=utf-8"
    page = Page(response.content.decode())
    problems = [problem for check in CHECKS for problem in check(page)]
    assert not problems, "\n" + "\n".join(problems)
    return page


def text_of(element: Element) -> str:
    """The text read in an element, runs of plain spaces made one."""
    return " ".join(part for part in "".join(element.itertext()).replace("\n", " ").split(" ") if part)


def _html(page: Page) -> Iterator[str]:
    yield from page.errors


def _headings(page: Page) -> Iterator[str]:
    titles = page.select("h1")
    if len(titles) != 1:
        yield f"{len(titles)} h1, one expected"
    elif text_of(titles[0]) not in page.title:
        yield f"the title {page.title!r} does not hold the h1 {text_of(titles[0])!r}"
    if page.title.startswith(" –"):
        yield "the block title is empty"
    previous = 1
    for element in page.select():
        if element.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            level = int(element.tag[1])
            if level > previous + 1:
                yield f"h{level} {text_of(element)!r} follows h{previous}: a level is skipped"
            if not text_of(element):
                yield f"an empty {element.tag}"
            previous = level


def _language(page: Page) -> Iterator[str]:
    if page.select("html")[0].get("lang") not in {"fr", "en"}:
        yield "html has no lang among fr, en"


def _ids(page: Page) -> Iterator[str]:
    ids = [element.get("id") for element in page.select() if element.get("id")]
    yield from (f"id {name!r} is used {ids.count(name)} times" for name in dict.fromkeys(ids) if ids.count(name) > 1)
    for element in page.select():
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "list", "form"):
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute}={name!r} names nothing"
        anchor = element.get("href", "")
        if element.tag == "a" and anchor.startswith("#") and anchor[1:] not in ids:
            yield f"the link to {anchor} leads nowhere"


def _labels(page: Page) -> Iterator[str]:
    labelled = {label.get("for") for label in page.select("label") if text_of(label)}
    inside = {control for label in page.select("label") for control in label.iter() if text_of(label)}
    for tag in ("input", "select", "textarea"):
        for control in page.select(tag):
            if control.get("type", "text") in VOICELESS:
                continue
            named = control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in labelled
            if not named and control not in inside:
                yield f"{tag} name={control.get('name')!r} has no label"


def _names(page: Page) -> Iterator[str]:
    for tag in ("a", "button", "summary"):
        for element in page.select(tag):
            drawn = any(inner.get("alt") or inner.get("aria-label") for inner in element.iter())
            if not (text_of(element) or element.get("aria-label") or drawn):
                yield f"{tag} {element.get('href') or element.get('name') or ''} says nothing"
    for image in page.select("img"):
        if image.get("alt") is None:
            yield f"img {image.get('src')} has no alt"
    for link in page.select("a"):
        if not link.get("href"):
            yield f"the link {text_of(link)!r} has no address"


def _strict_csp(page: Page) -> Iterator[str]:
    for element in page.select():
        if element.get("style") is not None:
            yield f"{element.tag} has an inline style"
        yield from (f"{element.tag} has {name}" for name in element.keys() if name.startswith("on"))  # noqa: SIM118
    if page.select("style"):
        yield "a style element"
    for script in page.select("script"):
        if not script.get("src") and script.get("type") != "application/json":
            yield "an inline script"
    for element in page.select():
        address = element.get("src") or (element.get("href") if element.tag == "link" else "") or ""
        if element.tag in {"script", "link", "img"} and address.startswith(("http:", "https:", "//")):
            if element.get("rel") in {"canonical", "alternate"}:
                continue
            yield f"{element.tag} comes from elsewhere: {address}"


def _landmarks(page: Page) -> Iterator[str]:
    if len(page.select("main")) != 1:
        yield "one main expected"
    body = page.select("body")[0]
    for tag in ("header", "footer"):
        if not [element for element in body if element.tag == tag]:
            yield f"no {tag} in body"
    names = [nav.get("aria-label") for nav in page.select("nav")]
    yield from (f"two nav are named {name!r}" for name in dict.fromkeys(names) if names.count(name) > 1)


def _forms(page: Page) -> Iterator[str]:
    for form in page.select("form"):
        method = form.get("method")
        if form.get("action") in {None, ""} or method not in {"get", "post"}:
            yield f"a form needs an action and a method: {form.attrib}"
        tokens = [control for control in form.iter("input") if control.get("name") == "csrfmiddlewaretoken"]
        if method == "post" and len(tokens) != 1:
            yield f"the POST form to {form.get('action')} has {len(tokens)} CSRF tokens"


def _french(element: Element) -> Iterator[str]:
    """The texts of an element, without those said to be in another language."""
    if element.get("lang", "fr") == "fr":
        yield element.text or ""
        for inside in element:
            yield from _french(inside)
            yield inside.tail or ""


def _typography(page: Page) -> Iterator[str]:
    """French text uses ’, and no-break spaces where a line must not break; nothing of the machinery shows."""
    if page.select("html")[0].get("lang") != "fr":
        return
    for word in _french(page.root):
        for wrong in (" ;", " ?", " !", " €", "« ", " »"):
            if wrong in word:
                yield f"a plain space in {word.strip()[:60]!r}: write a no-break space"
    for wrong in ("None", "{{", "{%"):
        if f" {wrong} " in f" {page.text} ":
            yield f"{wrong} shows in the page"


CHECKS = (_html, _headings, _language, _ids, _labels, _names, _strict_csp, _landmarks, _forms, _typography)
