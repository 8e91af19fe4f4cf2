"""Icons of the sprite in ``icons.html``."""

from __future__ import annotations

from django import template
from django.template.base import Node, Parser, TextNode, Token

register = template.Library()


@register.tag
def icon(_parser: Parser, token: Token) -> Node:
    """``{% icon "play" %}``: plain text once the template was read. Included templates cost a tenth of the page."""
    name = token.split_contents()[1].strip('"')
    return TextNode(f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"></use></svg>')
