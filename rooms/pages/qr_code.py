"""QR codes of links, for phones to read."""

from __future__ import annotations

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

MOST_MODULES = 37
"""Per side of a QR code that is read from a sofa; one with more, as of an invitation, is drawn larger."""


def inline_code(link: str) -> SafeString:
    """A picture of ``link`` in a page; the card that it lies on gives it the white that it needs around."""
    code = segno.make(link, micro=False, error="l")
    modules, _ = code.symbol_size(border=0)
    drawn = "qr is-dense" if modules > MOST_MODULES else "qr"
    return mark_safe(code.svg_inline(border=0, omitsize=True, svgclass=drawn))  # noqa: S308  # drawn of squares alone


def svg_of(link: str) -> bytes:
    """The same as a file of its own, with the white around it."""
    file = BytesIO()
    segno.make(link, micro=False, error="l").save(file, kind="svg", border=4, omitsize=True, light="#fff")
    return file.getvalue()
