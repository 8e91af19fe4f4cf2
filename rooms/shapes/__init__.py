"""The JSON of the contract: what rooms, players and queues look like over REST and on streams.

Each shape is written down once: the code that makes it is checked against the type, and the OpenAPI description is
generated from it. Times are integers in milliseconds; instants (``_at_ms``, ``server_now_ms``) count from the
Unix epoch by the server's clock.
"""
