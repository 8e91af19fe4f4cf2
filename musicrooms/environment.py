"""Settings from environment variables, of which all wrong ones are told at once, a sentence each.

A word that is not understood is refused: ``HTTPS=ture`` read as “off” would serve passwords in the clear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
MOST_DIGITS = 9
SHOWN = 80
"""Characters of a wrong value that a sentence repeats."""


class Environment:
    """Reads variables and collects what is wrong with them; ``check`` tells it."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """The variable, or ``default`` if it is not set or empty."""
        return self._variables.get(name, "").strip() or default

    def words(self, name: str, default: list[str] | None = None) -> list[str]:
        """The parts of a list separated by commas."""
        words = [word.strip() for word in self.text(name).split(",") if word.strip()]
        return words or default or []

    def flag(self, name: str, *, default: bool) -> bool:
        text = self.text(name).lower()
        if text and text not in YES + NO:
            self._refuse(name, f"it is 1 for yes or 0 for no, and {', '.join(YES[1:] + NO[1:])} mean the same")
        return text in YES if text else default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of ``allowed``, in their spelling whatever the variable's capitals."""
        text = self.text(name, default)
        found = next((word for word in allowed if word.lower() == text.lower()), None)
        if found is None:
            self._refuse(name, f"it is one of {', '.join(allowed)}")
        return found or default

    def count(self, name: str, default: int) -> int:
        """A number from 1 on."""
        return self._number(name, default, 1, "it is a number from 1 on")

    def limit(self, name: str, default: int) -> int:
        """How many of something there may be at most; 0 means no limit."""
        return self._number(name, default, 0, "it is a number from 1 on, or 0 for no limit")

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        """One URL, or several separated by commas, each with a host or path behind one of ``schemes``."""
        text = self.text(name, default)
        for part in filter(None, (part.strip() for part in text.split(","))):
            shown = part if "@" not in part else "a URL with a password"
            if not re.match(rf"(?i)(?:{'|'.join(schemes)})://.", part):
                self._problems.append(
                    f"{name} is “{shown[:SHOWN]}”; it begins with {' or '.join(f'{scheme}://' for scheme in schemes)}."
                )
            elif not _has_possible_port(part):
                self._problems.append(f"{name} is “{shown[:SHOWN]}”; a port is a number from 1 to 65535.")
        return text

    def folder(self, name: str, default: Path) -> Path:
        """A folder that can be written, made for its owner alone if it is not there."""
        folder = Path(self.text(name, str(default))).resolve()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            self._refuse(name, f"it cannot be made ({error.strerror}): name a folder that this user can write")
        return folder

    def read(self, parse: Callable[[], T]) -> T:
        """What ``parse`` returns; its sentence is kept if it raises ImproperlyConfigured."""
        try:
            return parse()
        except ImproperlyConfigured as error:
            self._problems.append(str(error))
            return cast(T, [])

    def check(self) -> None:
        """Raise ImproperlyConfigured with a line for each variable that cannot be used."""
        if self._problems:
            raise ImproperlyConfigured("\n".join(self._problems))

    def _number(self, name: str, default: int, least: int, allowed: str) -> int:
        text = self.text(name, str(default))
        is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        if not is_number or int(text) < least:
            self._refuse(name, allowed)
            return default
        return int(text)

    def _refuse(self, name: str, allowed: str) -> None:
        self._problems.append(f"{name} is “{self.text(name)[:SHOWN]}”; {allowed}.")


def _has_possible_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _parts(url: str) -> SplitResult | None:
    """The parts of ``url``; None if it has none, as with a bracket of IPv6 that nothing closes."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def api_key(name: str, text: str) -> str:
    """A key of an API, or none; raises ImproperlyConfigured, without showing it, for what could not be sent as one."""
    if text and not re.fullmatch(r"[A-Za-z0-9._~+/=-]{1,200}", text):
        raise ImproperlyConfigured(f"{name} holds what no key does: letters, digits and . _ ~ + / = - are expected.")
    return text


def origin(name: str, text: str) -> str:
    """An origin such as ``https://rooms.example.org``; raises ImproperlyConfigured for anything else."""
    parts = _parts(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} holds “{text[:SHOWN]}”; an origin is written as https://rooms.example.org.")
    return text.rstrip("/")


def host_names(name: str, texts: list[str]) -> list[str]:
    """Host names as browsers send them: Unicode names in their ASCII form; raises ImproperlyConfigured otherwise."""
    return [_host_name(name, text) for text in texts]


def _host_name(name: str, text: str) -> str:
    dot = "." if text.startswith(".") else ""
    try:
        return dot + text.removeprefix(".").encode("idna").decode() if not text.isascii() else text
    except UnicodeError:
        raise ImproperlyConfigured(f"{name} holds “{text[:SHOWN]}”, which is no host name.") from None
