"""XSPF, the list format in XML that VLC writes."""

from __future__ import annotations

import re
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape

from django.utils.translation import gettext

from players.links.characters import one_line
from players.links.files.item import Item
from players.links.link import LinkError

_KNOWN_IN_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTITY = re.compile(r"&(?!#[0-9]{1,7};|#x[0-9a-fA-F]{1,6};)(?:([a-zA-Z][a-zA-Z0-9]{1,31});)?")
_CDATA, _END_OF_CDATA = "<![CDATA[", "]]>"
_IN_TRACK = frozenset({"location", "title", "creator", "image"})


def items(text: str) -> list[Item]:
    """The tracks of the list; LinkError if it is no XML, or brings a document type of its own.

    A list that was written by hand may have a bare ``&`` or an entity of HTML's: then it is read once more without.
    """
    try:
        return _Reader().read(text)
    except expat.ExpatError:
        pass
    try:
        return _Reader().read(_mended(text))
    except expat.ExpatError as error:
        message = gettext("This XSPF file is broken in line %(line)s: %(reason)s.")
        raise LinkError(message % {"line": error.lineno, "reason": expat.errors.messages[error.code]}) from None


class _Reader:
    """The handlers of one document. Entities are how a small document becomes a large one: there are none here."""

    def __init__(self) -> None:
        self._found: list[Item] = []
        self._open: list[str] = []
        self._said: dict[str, list[str]] = {}
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self, text: str) -> list[Item]:
        # As text, of which the encoding that it declares is not the encoding any more.
        self._parser.Parse(text, True)
        return self._found

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._open.append(name.rpartition(":")[2].lower())
        self._text.clear()
        if self._open[-1] == "track":
            self._said = {}

    def _end(self, _name: str) -> None:
        name = self._open.pop()
        if name in _IN_TRACK and self._open[-1:] == ["track"]:
            self._said.setdefault(name, []).append("".join(self._text).strip())
        elif name == "track" and (locations := [text for text in self._said.get("location", ()) if text]):
            # Several are the same piece in several places; one on the web is worth more than one on a disk.
            on_the_web = (location for location in locations if location.lower().startswith("http"))
            self._found.append(self._item(next(on_the_web, locations[0])))
        self._text.clear()

    def _item(self, location: str) -> Item:
        said = {name: texts[0] for name, texts in self._said.items()}
        title, creator = one_line(said.get("title", "")), one_line(said.get("creator", ""))
        return Item(location, title, creator, said.get("image", ""))

    def _refuse(self, *_declaration: object) -> None:
        raise LinkError(gettext("This XSPF file declares a document type of its own, which is not read."))


def _mended(text: str) -> str:
    """``text`` with what is no entity of XML written out, but for what stands in CDATA."""
    pieces, at = [], 0
    while (begins := text.find(_CDATA, at)) >= 0 and (ends := text.find(_END_OF_CDATA, begins)) >= 0:
        pieces += [_ENTITY.sub(_written_out, text[at:begins]), text[begins:ends]]
        at = ends
    return "".join([*pieces, _ENTITY.sub(_written_out, text[at:])])


def _written_out(match: re.Match[str]) -> str:
    name = match[1]
    if name in _KNOWN_IN_XML:
        return match[0]
    letters = html5.get(f"{name};", "") if name else ""
    return escape(letters) or f"&amp;{match[0][1:]}"
