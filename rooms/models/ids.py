"""Bounds of the ids of rows."""

LARGEST_ID = 2**63 - 1
"""Both databases count no further, and refuse to look for more."""
