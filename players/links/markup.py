"""Text with its markup taken off: HTML, Markdown, BBCode and what messengers write around an address.

An address and its label are often the same link twice; what stays is the address alone.
"""

from __future__ import annotations

import re
from html import unescape

_MOST_LABEL = 2_100  # a label may be the address itself
_TAG = re.compile(
    rf"<(?P<name>a|iframe|embed|audio|video|source|object|img|link|script)\b(?P<attributes>[^<>]{{0,4000}})>"
    rf"(?:(?<=>)(?P<label>[^<]{{0,{_MOST_LABEL}}})</a>)?",
    re.IGNORECASE,
)
_TARGET = re.compile(r"""\b(?:src|href|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BESIDE_THE_MUSIC = frozenset({"img", "link", "script"})
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\s]{0,2000}(?:\s{1,3}[\"'][^\n()]{0,300}[\"'])?\)")
_MARKDOWN = re.compile(
    r"\[(?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,2100}\]"
    r"\(\s?<?(?P<url>(?:https?://|www\.|youtu)(?:[^()\s<>]|\([^()\s<>]*\)){1,2000})>?(?:\s{1,3}[\"'(][^\n()]{0,300}[\"')])?\s?\)",
    re.IGNORECASE,
)
_BBCODE = re.compile(
    r"""\[url=["']?(?P<url>[^\]"'\s]{1,2000})["']?\][^\[\n]{0,2100}\[/url\]""",
    re.IGNORECASE,
)
_BBCODE_BOUNDS = re.compile(r"\[/?(?:url|media|youtube|audio|video)\]", re.IGNORECASE)
_MESSENGER = re.compile(r"<(?P<url>https?://[^<>|\s]{1,2000})\|[^<>\n]{0,2100}>", re.IGNORECASE)
_REMARKS_OF_LISTS = re.compile(r"^#EXT.*$", re.MULTILINE)
# In a field that has "https://" in it already.
_TWICE = re.compile(r"https?://(?=https?://)", re.IGNORECASE)
_ESCAPED_SLASHES = re.compile(r"(https?):\\/\\/(\S{1,2000})", re.IGNORECASE)


def plain(text: str) -> str:
    """``text`` with each link in markup as a bare address in angle brackets."""
    text = _TWICE.sub("", text)
    if "\\/" in text:
        text = _ESCAPED_SLASHES.sub(lambda match: f"{match[1]}://{match[2].replace(chr(92) + '/', '/')}", text)
    if "#EXT" in text:
        text = _REMARKS_OF_LISTS.sub("", text)
    if "<" in text:
        text = _MESSENGER.sub(r"<\g<url>>", _TAG.sub(_tag, text))
    if "[" in text:
        text = _MARKDOWN.sub(r" <\g<url>> ", _IMAGE.sub(" ", text))
        text = _BBCODE_BOUNDS.sub(" ", _BBCODE.sub(r" <\g<url>> ", text))
    return text


def _tag(match: re.Match[str]) -> str:
    target = _TARGET.search(match["attributes"])
    if match["name"].lower() in _BESIDE_THE_MUSIC or target is None:
        return " "
    url = unescape(target[1] or target[2] or target[3] or "").strip().replace("<", "%3C").replace(">", "%3E")
    if url.startswith("//"):
        url = f"https:{url}"
    return f" <{url}> " if url.lower().startswith(("http://", "https://")) else f" {match['label'] or ''} "
