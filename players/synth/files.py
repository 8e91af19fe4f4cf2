"""The pieces as files: a WAV and an SVG cover each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from players.synth import mixer, wav
from players.synth.score import Score
from players.synth.scores import last_light, long_way_home, open_window

SCORES = {module.SCORE.slug: module.SCORE for module in (last_light, long_way_home, open_window)}
COVERS = Path(__file__).with_name("covers")


@dataclass(frozen=True, slots=True)
class Piece:
    """What is known of a piece without playing it; its files are ``{slug}.wav`` and ``{slug}.svg``."""

    slug: str
    title: str
    artist: str
    length_ms: int


PIECES: tuple[Piece, ...] = tuple(
    Piece(score.slug, score.title, score.artist, score.length_ms) for score in SCORES.values()
)


def write(folder: Path) -> None:
    """Writes whatever files of the pieces ``folder`` lacks, making it first if need be.

    Every file appears whole or not at all, so this may be interrupted, repeated, and run by several at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for slug in SCORES:
        _write_cover(folder, slug)
    missing = [score for score in SCORES.values() if not _is_whole(*_target(folder, score))]
    if len(missing) > 1 and _cores() > 1:
        _write_in_parallel(folder, missing)
    for score in missing:
        _write_sound(folder, score.slug)


def _write_cover(folder: Path, slug: str) -> None:
    cover = (COVERS / f"{slug}.svg").read_bytes()
    target = folder / f"{slug}.svg"
    if not _is_whole(target, len(cover)):
        with _replacing(target) as file:
            file.write(cover)


def _write_in_parallel(folder: Path, scores: Sequence[Score]) -> None:
    """Writes each in a process of its own; where none can be started, the caller still finds them missing."""
    workers = min(_cores(), len(scores))
    try:
        # Spawned: forking a server's process would copy its threads' locks in whatever state they are.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(_write_sound, [folder] * len(scores), [score.slug for score in scores]))
    except (AssertionError, BrokenProcessPool, ImportError, OSError):
        pass


def _write_sound(folder: Path, slug: str) -> None:
    score = SCORES[slug]
    target, size = _target(folder, score)
    if not _is_whole(target, size):
        with _replacing(target) as file:
            wav.save(file, mixer.blocks(score), score.frames)


def _target(folder: Path, score: Score) -> tuple[Path, int]:
    return folder / f"{score.slug}.wav", wav.size(score.frames)


def _is_whole(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A new file beside ``target`` that takes its place once it is written."""
    unfinished = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        with unfinished.open("xb") as file:
            yield file
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
