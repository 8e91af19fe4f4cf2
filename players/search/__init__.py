"""Search for tracks by words: among what this server knows always, and within YouTube where it has a key."""

from players.search.question import MOST_LETTERS, Question, words_of
from players.search.sources import answer, answer_of_youtube

__all__ = ["MOST_LETTERS", "Question", "answer", "answer_of_youtube", "words_of"]
