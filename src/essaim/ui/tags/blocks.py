"""Blocks that wrap what the template writes: alerts, cards, tables, lists of facts, timelines."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from essaim.ui.shapes import Column
from essaim.ui.tags import one_of

register = template.Library()

ALERTS = {"info": "info", "success": "check", "warning": "alert", "error": "cross"}
MOMENTS = ("done", "current", "todo")


def _block(name: str, content: SafeString, **values: object) -> SafeString:
    return render_to_string(f"ui/components/{name}.html", {"content": content, **values})


@register.simple_block_tag
def page_header(
    content: SafeString, *, title: str, kicker: str = "", lead: str = "", kicker_url: str = ""
) -> SafeString:
    """The head of a page: what it belongs to, its h1, one sentence; the block holds badges and the primary action."""
    return _block("page_header", content, title=title, kicker=kicker, lead=lead, kicker_url=kicker_url)


@register.simple_block_tag
def alert(
    content: SafeString, *, level: str = "info", title: str = "", heading: int = 0, live: bool = False
) -> SafeString:
    """Something to know now; `live` announces it (after an action), `heading` gives its title a heading level."""
    icon = ALERTS[one_of(level, ALERTS, "level")]
    role = ("alert" if level == "error" else "status") if live else ""
    return _block("alert", content, level=level, icon=icon, title=title, heading=heading, role=role)


@register.simple_block_tag
def callout(content: SafeString, *, title: str = "", icon: str = "", heading: int = 2) -> SafeString:
    """A paragraph set apart because it matters more than its neighbours."""
    return _block("callout", content, title=title, icon=icon, heading=heading)


@register.simple_block_tag
def card(
    content: SafeString,
    *,
    title: str,
    url: str = "",
    kicker: str = "",
    footer: str = "",
    heading: int = 3,
    emphasis: bool = False,
) -> SafeString:
    """A thing among others of its kind, with one link (the whole card); the block holds badges and a sentence."""
    values = {"title": title, "url": url, "kicker": kicker, "footer": footer, "heading": heading, "emphasis": emphasis}
    return _block("card", content, **values)


@register.inclusion_tag("ui/components/tile.html")
def tile(*, title: str, url: str, detail: str = "", icon: str = "hex", heading: int = 3) -> dict[str, object]:
    """A way in: icon, a few words, one link."""
    return {"title": title, "url": url, "detail": detail, "icon": icon, "heading": heading}


@register.simple_block_tag
def accordion(content: SafeString, *, title: str, open: bool = False, badge: str = "") -> SafeString:
    """Details folded under a title; works without JavaScript."""
    return _block("accordion", content, title=title, open=open, badge=badge)


@register.simple_block_tag
def empty_state(content: SafeString, *, title: str, icon: str = "hex", heading: int = 2) -> SafeString:
    """What will be here, who makes it happen, and (in the block) what to do meanwhile."""
    return _block("empty_state", content, title=title, icon=icon, heading=heading)


@register.simple_block_tag
def figures(content: SafeString, *, label: str = "") -> SafeString:
    """A row of `figure_number`."""
    return _block("figures", content, label=label)


@register.simple_block_tag
def table(
    content: SafeString, *, caption: str, caption_hidden: bool = False, compact: bool = False, detail: str = ""
) -> SafeString:
    """A table the template writes (thead, tbody); give cells of figures `class="num"` and rows `<th scope="row">`."""
    values = {"caption": caption, "caption_hidden": caption_hidden, "compact": compact, "detail": detail}
    return _block("table", content, **values)


@register.inclusion_tag("ui/components/data_table.html")
def data_table(
    *, caption: str, columns: list[Column], rows: list[dict[str, object]], caption_hidden: bool = False
) -> dict:
    """A table from plain values: `columns` are `shapes.Column`, the first one heads each row."""
    body = [[(column, row.get(column.key, "")) for column in columns] for row in rows]
    return {"caption": caption, "columns": columns, "body": body, "caption_hidden": caption_hidden}


@register.simple_block_tag
def summary_list(
    content: SafeString, *, title: str = "", heading: int = 2, url: str = "", action: str = ""
) -> SafeString:
    """Facts of one object, term by term: a frame for `summary_row`; `url` and `action` change the whole group."""
    return _block("summary_list", content, title=title, heading=heading, url=url, action=action)


@register.simple_block_tag
def summary_row(content: SafeString, *, term: str, url: str = "", action: str = "") -> SafeString:
    """One fact; an empty block reads « Non renseigné »."""
    return _block("summary_row", content, term=term, url=url, action=action, empty=not content.strip())


@register.simple_block_tag
def timeline(content: SafeString, *, label: str) -> SafeString:
    """A vertical thread of dated facts: a frame for `timeline_item`."""
    return _block("timeline", content, label=label)


@register.simple_block_tag
def timeline_item(
    content: SafeString, *, title: str, date: str = "", url: str = "", state: str = "done", heading: int = 3
) -> SafeString:
    """One moment of the thread, done, current or to come."""
    values = {"title": title, "date": date, "url": url, "heading": heading}
    return _block("timeline_item", content, state=one_of(state, MOMENTS, "state"), **values)
