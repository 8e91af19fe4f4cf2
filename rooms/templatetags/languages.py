"""What pages need to be in a language: the texts of their scripts, and the way to another language."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def script_texts() -> SafeString | str:
    """What scripts say in the language of the page. English is what they say by themselves."""
    texts = settings.SCRIPT_TEXTS.get(get_language())
    return json_script(texts, "words") if texts else ""


@register.inclusion_tag("rooms/parts/language.html", takes_context=True)
def language_switch(context: dict[str, Any]) -> dict[str, Any]:
    """A form that changes the language of this browser."""
    return {
        "languages": settings.LANGUAGES,
        "chosen": get_language(),
        "here": context["request"].get_full_path() if context["request"].method == "GET" else context["request"].path,
        "csrf_token": context.get("csrf_token", ""),
    }
