"""The one tag library of the site: `{% load ui %}`. Every argument is by keyword; a misspelt one fails at compile."""

from django import template

from essaim.ui.tags import blocks, charts, filters, forms, navigation, story, words

register = template.Library()
for part in (words, blocks, navigation, forms, story, charts, filters):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
