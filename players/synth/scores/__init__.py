"""The music, one piece a file."""
