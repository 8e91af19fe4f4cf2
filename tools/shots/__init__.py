"""The pictures of README.md and docs/: ``bin/shots`` takes them anew from a demo of this checkout."""
