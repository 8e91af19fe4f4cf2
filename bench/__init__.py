"""Measurements. ``bin/bench NAME`` runs one; figures are medians of one run and belong to the machine they ran on."""
