"""The forms of the site as a visitor finds them, and what is alive in an answer that should not be."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from tests.contracts.routes import LEFT_ALONE, name_of

TYPED = {"text", "search", "email", "tel", "url", "number", "date", "password", "hidden", "time", "datetime-local"}
ALIVE = {"iframe", "object", "embed", "applet", "marquee", "base", "xnasty", "bgsound", "frameset", "math"}
ADDRESSES = ("href", "src", "action", "formaction", "data", "xlink:href")


@dataclass
class Form:
    """One form: where it is sent, what it holds already, what can be typed."""

    page: str
    action: str
    multipart: bool = False
    values: list = field(default_factory=list)
    typed: list = field(default_factory=list)

    @property
    def key(self):
        """What makes two forms the same for us."""
        return name_of(self.action), tuple(sorted(set(self.typed)))


class Reader(HTMLParser):
    """The links and POST forms of a page, and what is alive in it: much faster than a full parse."""

    def __init__(self, url, text):
        super().__init__()
        self.url, self.links, self.forms, self.alive = url, [], [], []
        self.form = self.select = self.area = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = {name: value or "" for name, value in attributes}
        self.alive += [f"{tag} {name}" for name in told if name.startswith("on")]
        self.alive += [tag] if tag in ALIVE or (tag == "script" and not self.quiet(told)) else []
        for name in ADDRESSES:
            if "".join(told.get(name, "").split()).lower().startswith(("javascript:", "data:text", "vbscript:")):
                self.alive.append(f"{tag} {name}={told[name][:60]}")
        if tag == "a":
            self.links.append(urljoin(self.url, told.get("href", "").partition("#")[0]))
        elif tag == "form":
            action = urljoin(self.url, told.get("action", "")).partition("#")[0]
            self.form = Form(self.url, action, "multipart" in told.get("enctype", ""))
            self.form.post = told.get("method", "").lower() == "post"
        elif self.form is not None:
            self.control(tag, told)

    @staticmethod
    def quiet(told):
        return told.get("src", "").startswith("/") or told.get("type") in {"application/json", "importmap"}

    def control(self, tag, told):
        name, kind = told.get("name", ""), told.get("type", "text").lower()
        if not name or "disabled" in told:
            return
        if tag == "textarea":
            self.area = [name, ""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in told or self.select not in dict(self.form.values)):
            self.form.values = [row for row in self.form.values if row[0] != self.select]
            self.form.values.append((self.select, told.get("value", "")))
        elif tag == "input" and kind in TYPED:
            self.form.values.append((name, told.get("value", "")))
            if kind not in {"hidden", "password"} and name != "csrfmiddlewaretoken":
                self.form.typed.append(name)
        elif (
            tag == "input"
            and kind in {"checkbox", "radio"}
            and ("checked" in told or name not in dict(self.form.values))
        ):
            self.form.values = [row for row in self.form.values if kind == "checkbox" or row[0] != name]
            self.form.values.append((name, told.get("value", "on")))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area and self.form is not None:
            self.form.values.append((self.area[0], self.area[1]))
            self.form.typed.append(self.area[0])
            self.area = None
        elif tag == "select":
            self.select = None
        elif tag == "form" and self.form is not None:
            if self.form.post:
                self.forms.append(self.form)
            self.form = None


def shut(response):
    """Close the file of a download; `response.close()` would close the database too."""
    for close in response._resource_closers:
        close()


def read(url, response):
    """The page of an answer, None when it is not one."""
    if response.status_code >= 300 and response.status_code not in {409, 422}:
        return None
    if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
        return None
    return Reader(url, response.content.decode())


def crawl(client, *starts, each=1):
    """Follow links, a few addresses per route and set of parameters: gives the forms found and the addresses met."""
    forms, seen, known, waiting = {}, {}, Counter(), list(starts)
    while waiting:
        url = waiting.pop(0)
        parts = urlsplit(url)
        key = (name_of(url), tuple(sorted({name for name, _value in parse_qsl(parts.query)})))
        if key[0] is None or url in seen or known[key] >= each or parts.path.startswith(LEFT_ALONE):
            continue
        known[key] += 1
        response = client.get(url)
        seen[url] = response
        if response.streaming:
            shut(response)
        if response.status_code in {301, 302}:
            waiting.append(urljoin(url, response["Location"]))
        page = read(url, response)
        if page is None:
            continue
        waiting += [link for link in page.links if link.startswith("/") and not link.startswith("//")]
        for form in page.forms:
            if form.typed and form.key[0]:
                forms.setdefault(form.key, form)
    return forms, seen
