"""The servers under measurement, each in a process of its own."""
