"""Fragment cache: parts of a page that are the same for all who may do the same, rendered once for each language."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

ACTIONS = ("control", "skip", "add", "reorder")
"""What fixed parts look at. All actions would be a part for each set of rules that anybody thinks of."""

_rendered: dict[tuple[object, ...], str] = {}


@register.simple_tag(takes_context=True)
def fixed_part(context: template.RequestContext, name: str) -> SafeString:
    """The template ``name``, which is given ``ACTIONS`` of ``can`` and nothing else of the page."""
    return rendered(context, name)


def rendered(context: template.RequestContext, name: str, **fixed: Any) -> SafeString:
    """The same for Python; ``fixed`` is given to the template too, and is the same each time for one ``name``."""
    can = {action: context["can"].get(action, False) for action in ACTIONS}
    key = (name, get_language(), *sorted(can.items()))
    if key not in _rendered or settings.DEBUG:
        part = context.template.engine.get_template(name)  # type: ignore[union-attr]  # the one that is being rendered
        _rendered[key] = part.render(template.Context({"can": can, **fixed}))
    return mark_safe(_rendered[key])  # noqa: S308  # a template's own output
