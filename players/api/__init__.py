"""REST calls of player, queue, history, lists, library and search."""
