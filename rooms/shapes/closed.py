"""How the shapes are checked."""

from __future__ import annotations

from pydantic import ConfigDict, with_config

closed = with_config(ConfigDict(extra="forbid"))
"""A field that is not written down here is a mistake, of the code or of the description."""
