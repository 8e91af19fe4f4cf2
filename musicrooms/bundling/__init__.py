"""How scripts and styles reach browsers: each page's in one file, named by its content, compressed, kept for ever."""
