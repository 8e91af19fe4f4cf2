"""Adding to a queue: pasted links, files of links, what a room's rules allow, and what a link leads to."""
