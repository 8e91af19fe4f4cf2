"""Which texts there are to translate: those which Python, templates and scripts mark, found without gettext's programs.

``python -m tools.texts``, which is ``bin/languages``, brings every language's file up to date.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import django
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from musicrooms.languages.catalogues import is_complete
from tools.server import ROOT

LANGUAGES = ROOT / "musicrooms" / "languages"
PACKAGES = ("musicrooms", "players", "rooms")
PYTHON_WORDS = {
    name: spec
    for plain, spec in (("gettext", None), ("ngettext", (1, 2)), ("pgettext", ((1, "c"), 2)))
    for name in (plain, f"{plain}_lazy")
}
PYTHON_WORDS["gettext_noop"] = PYTHON_WORDS["_"] = None
SCRIPT_WORDS = {"t": None, "tn": (1, 2)}

Text = tuple[str | tuple[str, ...], str | None]
"""What is said in English, one thing and many where it counts, and the context that tells two meanings apart."""


def texts_by_file() -> Iterator[tuple[str, Text]]:
    """Each text with the file that says it, in a steady order."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield from _called(path, "python", PYTHON_WORDS)
        for path in sorted((ROOT / package).rglob(f"static/{package}/**/*.js")):
            yield from _called(path, "javascript", SCRIPT_WORDS)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        for text in _in_template(path):
            yield _name(path), text


def _called(path: Path, method: str, words: Mapping[str, object]) -> Iterator[tuple[str, Text]]:
    with path.open("rb") as file:
        for _line, text, _comments, context in extract(method, file, words):  # type: ignore[arg-type]
            yield _name(path), (tuple(text) if isinstance(text, (list, tuple)) else text, context)


def _in_template(path: Path) -> Iterator[Text]:
    from django.template import Template
    from django.template.base import Node
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode
    from django.utils.translation import trim_whitespace

    nodes = Template(path.read_text()).nodelist.get_nodes_by_type(Node)
    for node in nodes:
        if isinstance(node, TranslateNode):
            if node.filter_expression.var.literal is None:  # said elsewhere, and only looked up here
                continue
            yield str(node.filter_expression.var.literal).replace("%", "%%"), _context(node)
        elif isinstance(node, BlockTranslateNode):
            parts = [node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural) if tokens]
            if node.trimmed:
                parts = [trim_whitespace(part) for part in parts]
            yield (parts[0] if len(parts) == 1 else tuple(parts)), _context(node)


def _context(node: Any) -> str | None:
    from django.template import Context

    return str(node.message_context.resolve(Context())) if node.message_context else None


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def catalogue() -> Catalog:
    """All texts, without a language."""
    found = Catalog()
    for name, (text, context) in texts_by_file():
        found.add(text, locations=[(name, 0)], context=context)
    return found


def updated(content: bytes) -> bytes:
    """The file of a language with all texts that there are, and no others."""
    old = read_po(BytesIO(content))
    new = Catalog(locale=old.locale, fuzzy=False)
    new.mime_headers = [pair for pair in old.mime_headers if pair[0] != "Generated-By"]
    new.header_comment = old.header_comment
    for message in catalogue():
        if message.id:
            known = old.get(message.id, message.context)
            is_same = known is not None and isinstance(known.string, str) == isinstance(message.id, str)
            new.add(
                message.id,
                known.string if known and is_same else None,
                locations=sorted(set(message.locations)),
                user_comments=known.user_comments if known else (),
                flags=(known.flags & {"fuzzy"}) if known else (),
                context=message.context,
            )
    file = BytesIO()
    write_po(file, new, width=120, include_lineno=False, sort_by_file=False, omit_header=True)
    return _header(old) + file.getvalue()


def _header(catalogue: Catalog) -> bytes:
    """Without dates and programs, which differ from one run to the next and tell nothing."""
    fields = {
        "Language": str(catalogue.locale),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": catalogue.plural_forms,
    }
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode()


def untranslated(content: bytes) -> list[str]:
    return [str(message.id) for message in read_po(BytesIO(content)) if message.id and not is_complete(message)]


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicrooms.settings")
    django.setup()


if __name__ == "__main__":
    set_up()
    for path in sorted(LANGUAGES.glob("*.po")):
        content = updated(path.read_bytes())
        path.write_bytes(content)
        missing = untranslated(content)
        sys.stdout.write(f"{_name(path)}: {f'{len(missing)} to translate' if missing else 'complete'}\n")
        sys.stdout.writelines(f"  {text}\n" for text in missing)
