"""The cases of ``bin/bench sync``, by their names and in the order of the page."""

from __future__ import annotations

from collections.abc import Callable

from bench.laboratory.cases.acting import asymmetric, direct, lossy
from bench.laboratory.cases.blocked import blocked
from bench.laboratory.cases.boundary import boundary
from bench.laboratory.cases.clocks import clocks
from bench.laboratory.cases.hints import hints
from bench.laboratory.cases.joining import joiner, joiner_youtube
from bench.laboratory.cases.requests import requests
from bench.laboratory.cases.watching import ads, youtube
from bench.laboratory.lab import Finding, Lab

Case = Callable[[Lab], Finding]

CASES: dict[str, Case] = {
    "direct": direct,
    "asymmetric": asymmetric,
    "lossy": lossy,
    "youtube": youtube,
    "ads": ads,
    "joiner": joiner,
    "joiner-youtube": joiner_youtube,
    "clocks": clocks,
    "requests": requests,
    "boundary": boundary,
    "hints": hints,
    "blocked": blocked,
}
