"""The laboratory of ``bin/bench sync``: real browsers, a bad network on purpose, and one clock outside of them all."""
