"""Three pieces of music for a new installation to play, made on the spot from their scores.

Nothing but the standard library is used and nothing is downloaded: :func:`write` takes a few seconds.
"""

from players.synth.files import PIECES, Piece, write

__all__ = ["PIECES", "Piece", "write"]
