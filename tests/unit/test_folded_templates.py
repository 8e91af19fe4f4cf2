"""Folded templates say what Django's own do, in each language, and render constants once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Engine, Template, engines
from django.template.base import NodeList
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from musicrooms.folded_templates import fold


def files(root: Path) -> list[Path]:
    return [path for path in Path(root).rglob("*") if path.suffix in (".html", ".txt")]


TEMPLATES: dict[str, Any] = settings.TEMPLATES[0]
FOLDS = engines["django"].engine  # type: ignore[attr-defined]  # Django's, which has one
PLAIN = Engine(
    [str(folder) for folder in TEMPLATES["DIRS"]],
    libraries=FOLDS.libraries,
    builtins=FOLDS.builtins,
    loaders=TEMPLATES["OPTIONS"]["loaders"][0][1],
)
NAMES = sorted({str(path.relative_to(root)) for root in FOLDS.template_loaders[0].get_dirs() for path in files(root)})
"""Those of Django and of other apps, too."""
CONTEXTS: list[dict[str, Any]] = [
    {"can": {}, "room": {"name": "Lounge & Bar", "slug": "lounge", "rules": {}}, "queue": {"length": 2, "before": 1}},
    {
        "can": dict.fromkeys(("control", "skip", "add", "reorder", "moderate", "manage", "invite"), True),
        "room": {"name": "<Bar>", "slug": "bar", "visibility": "private", "rules": {}, "reactions": ["🔥"]},
        "queue": {"length": 0, "before": 0},
        "problems": {"url": "“x” is no link", "name": "taken"},
        "role": "host",
        "writes": True,
        "name": "Alice",
    },
]


def rendered(engine: Engine, name: str, context: dict[str, Any]) -> str:
    """The text; or, of a template that needs more than it is given, which error that is."""
    try:
        return engine.get_template(name).render(Context(context))
    except Exception as error:  # noqa: BLE001  # whichever it is, both have to raise it
        return type(error).__name__


def test_each_template_says_what_it_says_unfolded_whoever_reads_it() -> None:
    told = 0
    for name in NAMES:
        for language in ("en", "ko", "en"):
            for context in CONTEXTS:
                with override(language):
                    plain = rendered(PLAIN, name, context)
                    assert rendered(FOLDS, name, context) == plain, name
                told += len(plain) > 40
    assert told > 300


def nodes_of(nodes: NodeList) -> Iterator[Any]:
    for node in nodes:
        yield node
        for nested in (getattr(node, str(child), None) for child in node.child_nodelists):
            yield from nodes_of(nested) if isinstance(nested, NodeList) else ()


@pytest.mark.parametrize("name", ["rooms/room.html", "rooms/parts/side.html", "rooms/parts/deck.html", "base.html"])
def test_no_constant_of_a_page_is_rendered_at_each_request(name: str) -> None:
    left = list(nodes_of(FOLDS.get_template(name).nodelist))
    assert left
    assert not [node for node in left if isinstance(node, TranslateNode | StaticNode)]


def folded(source: str) -> Template:
    template: Template = FOLDS.from_string("{% load i18n static %}" + source)
    fold(template.nodelist, FOLDS)
    return template


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{% translate word %}", ["a", "b"]),
        ("{% translate word|upper %}", ["A", "B"]),
        ("{% translate 'Queue' as word %}{{ word }}", ["Queue", "Queue"]),
        ("{% translate 'a' context word %}{{ word }}", ["aa", "ab"]),
        ("{% blocktranslate %}{{ word }} here{% endblocktranslate %}", ["a here", "b here"]),
        ("{% blocktranslate with of=word %}of {{ of }}{% endblocktranslate %}", ["of a", "of b"]),
        ("{% blocktranslate asvar told %}here{% endblocktranslate %}{{ told }}", ["here", "here"]),
        ("{% if word == 'a' %}{% translate 'Queue' %}{% else %}{% translate 'Chat' %}{% endif %}", ["Queue", "Chat"]),
        ("{% include part %}", ["a.", "b."]),
        ("{% language 'ko' %}{% translate 'Queue' %}{% endlanguage %}", ["재생목록", "재생목록"]),
    ],
)
def test_what_depends_on_the_context_is_rendered_each_time(source: str, told: list[str]) -> None:
    template = folded(source)
    contexts = [{"word": word, "part": Template("{{ word }}.", engine=FOLDS)} for word in ("a", "b")]
    assert [template.render(Context(context)) for context in contexts] == told


@pytest.mark.parametrize(
    "value",
    ["<b>", mark_safe("<b>"), 12_345.5, None, True, ["<b>"], gettext_lazy("Queue"), datetime(2026, 1, 2, tzinfo=UTC)],
)
@pytest.mark.parametrize(
    "source", ["{{ word }}", "{% autoescape off %}{{ word }}{% endautoescape %}", "{{ word|safe }}"]
)
def test_a_variable_says_what_it_says_unfolded_whatever_it_is(source: str, value: object) -> None:
    context = {"word": value}
    with override("de"):
        assert folded(source).render(Context(context)) == FOLDS.from_string(source).render(Context(context))


def test_what_a_part_is_included_with_is_seen_there_alone() -> None:
    source = '{% include "rooms/parts/add.html" with id="add-link" %}{{ id }}'
    context = {"room": {"slug": "lounge"}, "id": "behind"}
    template = FOLDS.from_string(source)
    plain = template.render(Context(context))
    fold(template.nodelist, FOLDS)
    assert not [node for node in nodes_of(template.nodelist) if isinstance(node, IncludeNode)]
    assert template.render(Context(context)) == plain
    assert 'id="add-link"' in plain
    assert plain.endswith("behind")


def test_texts_that_follow_each_other_are_one() -> None:
    template = FOLDS.from_string(
        '<b>{% load icons %}{% icon "play" %}{# not told #}{% comment %}nor this{% endcomment %}</b>'
    )
    fold(template.nodelist, FOLDS)
    assert len(template.nodelist) == 1
    assert template.render(Context()) == '<b><svg class="icon" aria-hidden="true"><use href="#i-play"></use></svg></b>'
