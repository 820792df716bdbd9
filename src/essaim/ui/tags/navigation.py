"""Where am I, and where can I go: breadcrumbs, tabs, pages, steps, search."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from essaim.ui.shapes import Step
from essaim.ui.tags.blocks import _block

register = template.Library()


@register.simple_block_tag
def breadcrumb(content: SafeString, *, current: str) -> SafeString:
    """The way back, page by page: a frame for `crumb`; `current` is the page one is on."""
    return _block("breadcrumb", content, current=current)


@register.inclusion_tag("ui/components/crumb.html")
def crumb(*, text: str, url: str) -> dict[str, Any]:
    """One page of the way back."""
    return {"text": text, "url": url}


@register.simple_block_tag
def tabs(content: SafeString, *, label: str) -> SafeString:
    """Views of one object as links (each has its address, nothing needs JavaScript): a frame for `tab`."""
    return _block("tabs", content, label=label)


@register.inclusion_tag("ui/components/tab.html")
def tab(*, text: str, url: str, current: bool = False, count: int | None = None) -> dict[str, Any]:
    """One view; `count` is how many things it holds."""
    return {"text": text, "url": url, "current": current, "count": count}


@register.inclusion_tag("ui/components/steps.html")
def steps(*, steps: Sequence[Step], label: str = "") -> dict[str, Any]:
    """Progress through a form: which step this is, of how many, what is done, where something is wrong."""
    rank = next((rank for rank, step in enumerate(steps, 1) if step.state == "current"), 0)
    following = steps[rank].label if rank and rank < len(steps) else ""
    current = steps[rank - 1] if rank else None
    values = {"steps": steps, "rank": rank, "total": len(steps), "current": current, "following": following}
    return {**values, "label": label or _("Étapes")}


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: template.Context, *, page: Page, parameter: str = "page") -> dict[str, Any]:
    """Links to the other pages of a list; the rest of the address (search, filters) is kept."""
    query = context["request"].GET.copy()
    links = []
    for shown in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        query[parameter] = str(shown)
        links.append({"number": shown, "url": f"?{query.urlencode()}" if isinstance(shown, int) else ""})
    around = {}
    for name, there, rank in (
        ("previous", page.has_previous(), page.number - 1),
        ("next", page.has_next(), page.number + 1),
    ):
        query[parameter] = str(rank)
        around[name] = f"?{query.urlencode()}" if there else ""
    return {"page": page, "links": links, **around}


@register.inclusion_tag("ui/components/search.html", takes_context=True)
def search(
    context: template.Context, *, label: str, name: str = "q", action: str = "", hint: str = ""
) -> dict[str, Any]:
    """A search field over a list, by GET; what was searched stays written, other parameters are kept but the page."""
    request = context["request"]
    kept = [(key, value) for key, values in request.GET.lists() for value in values if key not in {name, "page"}]
    values = {"label": label, "name": name, "action": action or request.path, "hint": hint}
    return {**values, "value": request.GET.get(name, ""), "kept": kept}
