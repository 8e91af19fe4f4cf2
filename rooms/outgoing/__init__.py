"""Connections to addresses that strangers name: to public ones alone, within bounds of time and bytes."""
