"""Charts drawn as SVG attributes (no style, no script), each with the table that says the same."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _

from essaim.ui import charts
from essaim.ui.shapes import Bar, Level

register = template.Library()


@register.inclusion_tag("ui/components/bars.html")
def bars(
    *,
    caption: str,
    bars: Sequence[Bar],
    quantity: str = "",
    subject: str = "",
    maximum: float | None = None,
    twin: bool = True,
) -> dict[str, Any]:
    """A bar chart; `quantity` and `subject` head its table; `twin=False` only when the page shows the table itself."""
    drawn, height = charts.draw_bars(bars, maximum)
    headings = {"quantity": quantity or _("Valeur"), "subject": subject or _("Intitulé")}
    return {"caption": caption, "drawn": drawn, "height": height, "twin": twin, **headings}


@register.inclusion_tag("ui/components/stepchart.html")
def stepchart(
    *, caption: str, levels: Sequence[Level], quantity: str = "", until: date | None = None, twin: bool = True
) -> dict[str, Any]:
    """A quantity that changes at dates (an envelope): steps, with amounts written on them, and their table."""
    drawn, line, area = charts.draw_levels(levels, until)
    size = {"width": charts.STEP_WIDTH, "height": charts.STEP_HEIGHT, "floor": charts.STEP_HEIGHT - charts.BOTTOM}
    return {
        "caption": caption,
        "drawn": drawn,
        "line": line,
        "area": area,
        "twin": twin,
        **size,
        "quantity": quantity or _("Montant"),
    }
