"""Forms and files: what changes the queue without JavaScript, covers, and the library's tracks."""
