"""Fragment cache: parts of a page that are the same for all who may do the same, rendered once for each language."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, Token, token_kwargs
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

_rendered: dict[tuple[object, ...], SafeString] = {}


@register.tag
def fixed_part(parser: Parser, token: Token) -> Node:
    """``{% fixed_part "name" "action" … key=value … %}``: the template ``name``, which sees these alone.

    It sees the actions as ``can``, and is kept for each combination of what it sees: that has to be few values, and
    nothing of one room or person.
    """
    _tag, *words = token.split_contents()
    name, *actions = (word.strip('"') for word in words if "=" not in word)
    return FixedPart(name, tuple(actions), token_kwargs([word for word in words if "=" in word], parser))


class FixedPart(Node):
    """Not a ``simple_tag``, which resolves constants and escapes what is escaped at each rendering."""

    def __init__(self, name: str, actions: tuple[str, ...], given: dict[str, FilterExpression]) -> None:
        self._name = name
        self._actions = actions
        self._given = given

    def render(self, context: template.Context) -> SafeString:
        given = {name: expression.resolve(context) for name, expression in self._given.items()}
        return rendered(context, self._name, self._actions, given)


def rendered(
    context: template.Context, name: str, actions: tuple[str, ...], given: dict[str, Any], **fixed: Any
) -> SafeString:
    """The same for Python; ``fixed`` is given to the template too, and is the same each time for one ``name``."""
    allowed = context["can"] if actions else {}
    can = {action: allowed.get(action, False) for action in actions}
    key = (name, get_language(), *can.items(), *given.items())
    part = _rendered.get(key)
    if part is None or settings.DEBUG:
        read = context.template.engine.get_template(name)  # type: ignore[union-attr]  # the one that is being rendered
        part = _rendered[key] = mark_safe(read.render(template.Context({"can": can, **given, **fixed})))  # noqa: S308
    return part
