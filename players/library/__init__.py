"""The server's own library: a folder of music that is read, searched, and served to people in rooms that play it.

Scans run in a process of their own (``keeper``) and write what ``find`` searches; ``files`` is an ASGI application
beside Django's, so that no file occupies the turn of a call.
"""
