"""The languages: one gettext file for each, ``ko.po``, and nothing else to do for one more.

Django reads compiled catalogues alone. They are compiled here, at the start, so that none is committed and a file that
is dropped in is enough, without any program of gettext's; Babel reads and writes the format, and knows what a language
is called and how it counts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from gettext import c2py
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.core.exceptions import ImproperlyConfigured

ENGLISH = "en"
COUNTED_UP_TO = 200
"""Every language's forms for numbers show themselves below this."""


class Language:
    """What one file of a folder of languages holds."""

    def __init__(self, path: Path) -> None:
        self.locale = Locale.parse(path.stem)
        with path.open("rb") as file:
            self.catalogue: Catalog = read_po(file, locale=self.locale, abort_invalid=True)

    @property
    def code(self) -> str:
        """As browsers and Django write it: ``pt-br``."""
        return str(self.locale).replace("_", "-").lower()

    @property
    def name(self) -> str:
        """What those who speak it call it."""
        return str(self.locale.get_display_name(self.locale)).capitalize()

    @property
    def script_texts(self) -> dict[str, Any]:
        """What scripts say, by what it is in English; under "" which form each kind of number takes.

        The catalogue names for each text the files that say it.
        """
        texts: dict[str, Any] = {"": self._forms()}
        for message in self.catalogue:
            if message.id and is_complete(message) and any(name.endswith(".js") for name, _ in message.locations):
                key = message.id if isinstance(message.id, str) else message.id[0]
                texts[key] = message.string if isinstance(message.id, str) else list(message.string or ())
        return texts

    def compiled(self) -> bytes:
        """The catalogue as Django reads it."""
        file = BytesIO()
        write_mo(file, self.catalogue)
        return file.getvalue()

    def _forms(self) -> dict[str, int]:
        """Browsers say what kind of number one is (``Intl.PluralRules``), and gettext counts the forms."""
        form_of = c2py(self.catalogue.plural_expr)
        return {self.locale.plural_form(n): form_of(n) for n in reversed(range(COUNTED_UP_TO))}


def is_complete(message: Message) -> bool:
    """Whether all of it is translated and nothing is marked fuzzy."""
    forms = [message.string] if isinstance(message.string, str) else message.string
    return not message.fuzzy and all(forms or [""])


def languages_in(folder: Path) -> list[Language]:
    """The languages of the files in ``folder``; raises ImproperlyConfigured with a sentence for one that is none."""
    return [_language(path) for path in sorted(folder.glob("*.po"))]


def _language(path: Path) -> Language:
    try:
        return Language(path)
    except (OSError, ValueError, UnknownLocaleError, PoFileError) as error:
        raise ImproperlyConfigured(
            f"{path} holds no language ({error}); it is a file of gettext's, named after its language as ko.po is."
        ) from None


def catalogues_of(languages: Iterable[Language], folder: Path) -> Path:
    """Where Django finds these languages compiled: in ``folder``, or in a temporary one if that cannot be written.

    Raises ImproperlyConfigured if neither can.
    """
    languages = list(languages)
    try:
        _write(languages, folder)
    except OSError:
        try:
            folder = Path(tempfile.mkdtemp(prefix="musicrooms-languages-"))
            _write(languages, folder)
        except OSError as error:
            raise ImproperlyConfigured(
                f"Neither {folder} nor the folder for temporary files can be written: {error.strerror}."
            ) from None
    return folder


def _write(languages: Iterable[Language], folder: Path) -> None:
    for language in languages:
        locale = str(language.locale)
        target = folder / locale / "LC_MESSAGES" / "django.mo"
        content = language.compiled()
        with suppress(FileNotFoundError):
            if target.read_bytes() == content:
                continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # Other processes may start at this moment, and may not read half of a file.
        with tempfile.TemporaryDirectory(dir=target.parent) as draft:
            file = Path(draft) / target.name
            file.write_bytes(content)
            file.replace(target)
