"""Where addresses begin and end in what people write: between Korean particles, brackets, and full stops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from players.links import pages, youtube
from players.links.characters import INVISIBLE
from players.links.direct import ENDINGS
from players.links.library import PATH
from players.links.link import MAX_LENGTH

_STOPS = r"\s<>\"`“”‘’„«»‹›「」『』【】〔〕〈〉《》｢｣（），。、！？；：…"
_YOUTUBE = r"(?:[a-z0-9-]{1,63}\.){0,3}(?:youtube(?:-nocookie)?\.com|youtu\.be)/"
# A comma, a semicolon or nothing at all may stand before the next link; one inside the query or the path of another
# belongs to it.
_NEXT = rf"(?:[,;](?:[a-z]{{3,6}}://|{_YOUTUBE})|(?<![=/?&#%:,;|(_-])https?://)"
_BODY = rf"(?:(?!{_NEXT})[^{_STOPS}])"
_OTHER_SCHEMES = (
    r"(?:ftps?|sftp|file|rtsp|rtmps?|mms|wss?|smb|ipfs|deezer|tidal)://",
    r"(?:spotify:[a-z]{4,10}|javascript|blob):|magnet:(?=\?)",
)
_CANDIDATE = re.compile(
    rf"<(?P<bracketed>(?:https?://|www\.)[^<>\n\"]{{1,{2 * MAX_LENGTH}}})>"
    rf"|(?P<other>(?<![a-z0-9+.-])(?:{'|'.join(_OTHER_SCHEMES)})[^{_STOPS}]+)"
    rf"|(?P<absolute>https?://{_BODY}+)"
    rf"|(?P<own>(?<![\w.:/%-]){PATH.replace('?P<id>', '?:')}(?![\w/-]|\.\w)(?:#t=[0-9.,]+)?)"
    rf"|(?P<encoded>https?%3A%2F%2F[^{_STOPS}]+)"
    rf"|(?P<bare>(?<![a-z0-9@._/:%-])(?://)?(?:[a-z0-9-]{{1,63}}\.){{1,6}}[a-z]{{2,12}}(?::[0-9]{{1,5}})?/{_BODY}+)",
    re.IGNORECASE,
)
_MEDIA = rf"\.(?:{'|'.join(sorted(ENDINGS))})"
_AT_MEDIA = re.compile(rf".*{_MEDIA}(?:[?#].*)?", re.IGNORECASE)
_HAS_ENDING = re.compile(r"[^?#]*\.[a-z][a-z0-9]{1,4}(?:[?#].*)?", re.IGNORECASE)
# "…/My Song (live).mp3" goes on behind its spaces, as far as a file's ending on the same line.
_GOES_ON = re.compile(rf"(?:(?!://)[^\t\n\r<>\"`]){{1,200}}?{_MEDIA}(?![a-z0-9])(?:[?#][^\s<>\"]*)?", re.IGNORECASE)
_BEHIND_FILE = re.compile(rf"(?P<file>[^?#]*{_MEDIA})[)\]'*!~.,]*[^\x00-\x7f/?#][^/?#]*", re.IGNORECASE)
# Domains end in one script: what follows "example.org" in Hangul is a particle of the sentence.
_BEHIND_HOST = re.compile(r"(?P<host>(?:https?://)?[^/?#]*\.[a-z]{2,12})[가-힣].*", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:gt|lt|quot|nbsp);?$", re.IGNORECASE)
_NAMES_OF_FORMATS = re.compile(r"https?://(?:(?:www\.)?xspf\.org/ns|www\.w3\.org/|xmlns\.|schemas?\.)", re.IGNORECASE)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def candidates(text: str) -> Iterator[str]:
    """The addresses in ``text``, which has no markup any more, in their order; not all of them can be played."""
    at, ended, before = 0, 0, ""
    while match := _CANDIDATE.search(text, at):
        begins, at = match.start(), match.end()
        if match["bracketed"] is not None:
            found = match["bracketed"].strip().replace(" ", "%20")
        else:
            found, at = _spaced(text, match)
            found = _ended(text, begins, found)
        found = found.replace("&amp;", "&")
        # Mail programs write an address twice: https://example.org <https://example.org>.
        is_repeated = match["bracketed"] is not None and found == before and not text[ended:begins].strip()
        before, ended = "" if match["bracketed"] is not None else found, at
        if not is_repeated and _is_meant(found, is_bare=match["bare"] is not None):
            yield found


def _spaced(text: str, match: re.Match[str]) -> tuple[str, int]:
    """The address, with what of it stands behind spaces, and where it ends."""
    found, end = match[0], match.end()
    is_file_elsewhere = match["absolute"] is None or _HAS_ENDING.fullmatch(found) or "/" not in found[8:]
    if is_file_elsewhere or text[end : end + 1] != " " or found[-1] in ",;!?" or _is_known(found):
        return found, end
    more = _GOES_ON.match(text, end)
    return (found + more[0].replace(" ", "%20"), more.end()) if more else (found, end)


def _ended(text: str, begins: int, found: str) -> str:
    """``found`` without the punctuation and the particles behind it."""
    if len(found) > 2 * MAX_LENGTH:
        return found
    found = _trimmed(found)
    if begins and text[begins - 1] == "_":
        found = found.removesuffix("_")
    for behind, part in ((_BEHIND_FILE, "file"), (_BEHIND_HOST, "host")):
        if match := behind.fullmatch(found):
            found = match[part]
    if not found.isascii() and _is_known(found):
        # Their addresses are in ASCII as far as they matter.
        found = _trimmed(re.split(r"[^\x00-\x7f]", found, maxsplit=1)[0])
    return found


def _trimmed(found: str) -> str:
    while found := found.rstrip(INVISIBLE):
        last = found[-1]
        if last in _PAIRS:
            if found.count(last) <= found.count(_PAIRS[last]):
                break
        elif last not in ".,;:!?'*~|\\^·([{" or found.endswith("/;"):  # "/;" is a stream of Shoutcast's
            shorter = _ENTITY.sub("", found)
            if shorter == found:
                break
            found = shorter
            continue
        found = found[:-1]
    return found


def _host(found: str) -> str:
    return re.sub(r"^(?:https?:)?//", "", found, flags=re.IGNORECASE).partition("/")[0].partition("?")[0].lower()


def _is_known(found: str) -> bool:
    """Whether this is YouTube, or a page that is known not to play."""
    host = _host(found)
    return youtube.is_host(host.removesuffix(".")) or pages.named(host) is not None


def _is_meant(found: str, *, is_bare: bool) -> bool:
    """Whether this is an address for people; without its scheme it has to name a file or a page that is known."""
    if not found or _NAMES_OF_FORMATS.match(found):
        return False
    return not is_bare or _is_known(found) or _AT_MEDIA.fullmatch(found) is not None
