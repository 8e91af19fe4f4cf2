"""Where addresses begin and end in what people write: between Korean particles, brackets, and full stops."""

from __future__ import annotations

import re
from collections import Counter
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
# Domains end in one script: what follows "example.org" in Hangul is a particle of the sentence. Their other labels may
# mix them, as "www.sk텔레콤.com" does.
_BEHIND_HOST = re.compile(
    r"(?P<host>(?:https?://)?[^/?#]*\.[a-z]{2,12})[가-힣](?![가-힣a-z0-9-]*\.(?:[a-z]{2,12}|[가-힣]+)(?:[:/?#]|$)).*",
    re.IGNORECASE,
)
# Its addresses have none of these, which part an address from its title in lists, in LaTeX and in other markup.
_NOT_YOUTUBE = re.compile(r"[^\x00-\x7f]|[|{}\[\]]|,(?![0-9])")
_BEHIND_QUERY = re.compile(r"(?P<query>[^?#]*\?.*[a-z0-9])[^\x00-\x7f]+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:gt|lt|quot|nbsp);?", re.IGNORECASE)
_LONGEST_ENTITY = 6
_WITHOUT_SCHEME = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_NAMES_OF_FORMATS = re.compile(r"https?://(?:(?:www\.)?xspf\.org/ns|www\.w3\.org/|xmlns\.|schemas?\.)", re.IGNORECASE)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_BEHIND = frozenset(f".,;:!?'*~|\\^·([{{{INVISIBLE}")
"""What may stand behind an address and is no part of it."""


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
    if is_file_elsewhere or text[end : end + 1] != " " or found[-1] in ",;!?":
        return found, end
    more = _GOES_ON.match(text, end)
    whole = found + more[0].replace(" ", "%20") if more else found
    return (whole, more.end()) if more and not _is_page(whole) else (found, end)


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
    if youtube.is_host(_host(found).removesuffix(".")):
        found = _trimmed(_NOT_YOUTUBE.split(found, maxsplit=1)[0])
    elif not found.isascii() and _is_page(found):
        # Their addresses are in ASCII as far as they matter.
        found = _trimmed(re.split(r"[^\x00-\x7f]", found, maxsplit=1)[0])
    elif not found.isascii() and _is_known(found):  # a file there, whose name matters
        match = _BEHIND_QUERY.fullmatch(found)
        found = match["query"] if match else found
    return found


def _trimmed(found: str) -> str:
    # Counted and cut once: what is pasted may be nothing but brackets and entities, in thousands.
    counts, end = Counter(found), len(found)
    while end:
        last, cut = found[end - 1], 1
        if last in _PAIRS:
            if counts[last] <= counts[_PAIRS[last]]:
                break
        elif last not in _BEHIND or found.endswith("/;", 0, end):  # "/;" is a stream of Shoutcast's
            begins = found.rfind("&", max(0, end - _LONGEST_ENTITY), end)
            if begins < 0 or not _ENTITY.fullmatch(found, begins, end):
                break
            cut = end - begins
        counts[last] -= 1
        end -= cut
    return found[:end]


def _host(found: str) -> str:
    return _WITHOUT_SCHEME.sub("", found).partition("/")[0].partition("?")[0].lower()


def _is_known(found: str) -> bool:
    """Whether this is YouTube, or on a host whose pages are known not to play."""
    host = _host(found)
    return youtube.is_host(host.removesuffix(".")) or pages.named(host) is not None


def _is_page(found: str) -> bool:
    """Whether this is YouTube, or a page that is known not to play; no file that is on the same host."""
    host = _host(found)
    path, _, query = _WITHOUT_SCHEME.sub("", found)[len(host) :].partition("?")
    return youtube.is_host(host.removesuffix(".")) or pages.named(host, path or "/", query) is not None


def _is_meant(found: str, *, is_bare: bool) -> bool:
    """Whether this is an address for people; without its scheme it has to name a file or a page that is known."""
    if not found or _NAMES_OF_FORMATS.match(found):
        return False
    return not is_bare or _is_known(found) or _AT_MEDIA.fullmatch(found) is not None
