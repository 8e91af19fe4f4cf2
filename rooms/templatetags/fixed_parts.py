"""Fragment cache: parts of a page that are the same for all who may do the same, rendered once for each language."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

_rendered: dict[tuple[object, ...], str] = {}


@register.simple_tag(takes_context=True)
def fixed_part(context: template.RequestContext, name: str, *actions: str, **given: Any) -> SafeString:
    """The template ``name``, which sees these ``actions`` of ``can``, what it is ``given``, and nothing else.

    It is kept for each combination of what it sees: that has to be few values, and nothing of one room or person.
    """
    return rendered(context, name, actions, given)


def rendered(
    context: template.RequestContext, name: str, actions: tuple[str, ...], given: dict[str, Any], **fixed: Any
) -> SafeString:
    """The same for Python; ``fixed`` is given to the template too, and is the same each time for one ``name``."""
    can = {action: context["can"].get(action, False) for action in actions}
    key = (name, get_language(), *can.items(), *given.items())
    if key not in _rendered or settings.DEBUG:
        part = context.template.engine.get_template(name)  # type: ignore[union-attr]  # the one that is being rendered
        _rendered[key] = part.render(template.Context({"can": can, **given, **fixed}))
    return mark_safe(_rendered[key])  # noqa: S308  # a template's own output
