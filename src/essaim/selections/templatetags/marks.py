"""Marks are kept in thousandths of a point and read in points."""

from django import template

from essaim.ui.formats import number

register = template.Library()


@register.filter
def thousandths(value: int | None, decimals: int = 1) -> str:
    """`{{ line.points|thousandths:1 }}`: 14250 is read « 14,2 » (out of 20, half to even as everywhere)."""
    return "" if value is None else number(value / 1000, decimals)
