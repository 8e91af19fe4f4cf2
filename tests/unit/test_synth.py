"""The pieces that a new installation plays: music of the promised length, in whole files, always the same."""

from __future__ import annotations

import math
import os
import random
import shutil
import struct
import wave
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from players.synth import PIECES, Piece, files, wav, write
from players.synth.frames import halved, pack, pcm16, peak, split, unpack
from players.synth.hall import BLOCK
from players.synth.instruments import snap
from players.synth.mixer import blocks
from players.synth.notation import broken, hits, line, pitch, strums
from players.synth.score import RATE, Part, Score
from players.synth.waves import FULL_SCALE, ring, shaped

each_piece = pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.slug)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that did not exist before everything was written into it."""
    folder = tmp_path_factory.mktemp("music") / "made" / "by write"
    write(folder)
    return folder


def samples_of(path: Path) -> tuple[int, ...]:
    with wave.open(str(path)) as file:
        data = file.readframes(file.getnframes())
    return struct.unpack(f"<{len(data) // 2}h", data)


def rms(samples: Sequence[int]) -> float:
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


def test_the_folder_holds_a_sound_and_a_cover_for_each_piece_and_nothing_unfinished(folder: Path) -> None:
    expected = {f"{piece.slug}{suffix}" for piece in PIECES for suffix in (".wav", ".svg")}
    assert {path.name for path in folder.iterdir()} == expected
    assert len(expected) == 6


@each_piece
def test_a_piece_lasts_exactly_as_long_as_it_says(folder: Path, piece: Piece) -> None:
    with wave.open(str(folder / f"{piece.slug}.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        assert file.getnframes() * 1_000 == piece.length_ms * RATE
    assert 60_000 <= piece.length_ms <= 180_000


@each_piece
def test_the_peak_is_three_decibels_below_full_scale_on_no_offset(folder: Path, piece: Piece) -> None:
    samples = samples_of(folder / f"{piece.slug}.wav")
    loudest = max(max(samples), -min(samples))
    assert 20 * math.log10(loudest / 32_768) == pytest.approx(-3, abs=0.1)
    assert abs(sum(samples) / len(samples)) < 16


@each_piece
def test_no_second_is_silent_before_the_fade_and_the_ends_are_soft(folder: Path, piece: Piece) -> None:
    samples = samples_of(folder / f"{piece.slug}.wav")
    seconds = [rms(samples[at : at + 2 * RATE : 7]) for at in range(0, len(samples) - 8 * RATE, 2 * RATE)]
    assert min(seconds) > 300
    assert -24 < 20 * math.log10(rms(samples[::7]) / 32_768) < -12
    assert max(map(abs, samples[:20])) < 100
    assert max(map(abs, samples[-200:])) < 100


@each_piece
def test_left_and_right_differ_and_neither_is_alone(folder: Path, piece: Piece) -> None:
    samples = samples_of(folder / f"{piece.slug}.wav")
    left, right = samples[0::14], samples[1::14]
    assert 0.7 < rms(left) / rms(right) < 1.4
    assert rms([a - b for a, b in zip(left, right, strict=False)]) > 0.1 * rms(left)


def test_a_second_write_leaves_every_file_alone(folder: Path) -> None:
    def marks() -> dict[str, tuple[int, int]]:
        return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}

    before = marks()
    write(folder)
    assert marks() == before


def test_cut_files_are_made_again_with_the_very_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = shutil.copytree(folder, tmp_path / "again")
    names = f"{PIECES[0].slug}.wav", f"{PIECES[1].slug}.svg"
    for name in names:
        os.truncate(again / name, 100)
    write(again)
    for name in names:
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_without_processes_the_pieces_are_made_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_processes(*_: object, **__: object) -> None:
        raise OSError("There are no semaphores here.")

    made: list[str] = []
    monkeypatch.setattr(files, "_cores", lambda: 4)
    monkeypatch.setattr(files, "ProcessPoolExecutor", no_processes)
    monkeypatch.setattr(files, "_write_sound", lambda folder, slug: made.append(slug))
    write(tmp_path)
    assert made == [piece.slug for piece in PIECES]


def test_a_write_that_fails_leaves_no_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(file: object, *_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(files, "_cores", lambda: 1)
    monkeypatch.setattr(wav, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg"}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@each_piece
def test_a_cover_is_a_small_square_drawing_that_can_do_nothing(folder: Path, piece: Piece) -> None:
    data = (folder / f"{piece.slug}.svg").read_bytes()
    drawing = ElementTree.fromstring(data)
    _, _, width, height = drawing.attrib["viewBox"].split()
    assert len(data) < 4_096
    assert width == height
    for element in drawing.iter():
        assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "image", "use", "a", "style"}
        assert not [name for name in element.attrib if name.startswith("on") or name.endswith("href")]


@pytest.mark.parametrize("pan", [-1.0, 1.0])
def test_a_part_sounds_on_the_side_where_it_sits(pan: float) -> None:
    part = Part(snap, hits("9...", bar=0, bars=1), level=0.5, pan=pan, hall=0.1)
    score = Score("lounge", "Lounge", "Alice", bpm=60, beats_per_bar=4, bars=1, parts=(part,))
    samples = struct.unpack(f"<{BLOCK * 2}h", pcm16(next(blocks(score)) << 4, BLOCK))
    left, right = rms(samples[0::2]), rms(samples[1::2])
    assert (left > 2 * right > 0) if pan < 0 else (right > 2 * left > 0)


def test_a_ringing_mode_is_the_decaying_sine_that_it_stands_for() -> None:
    frames = 20_000
    sound, _ = split(ring([(440.0, 0.5, 0.6), (1_234.5, 0.3, 0.4)], 1.0), frames)
    for n, sample in list(enumerate(unpack(sound, frames)))[::37]:
        time_s = n / RATE
        exact = 0.5 * math.exp(-time_s / 0.6) * math.sin(math.tau * 440 * time_s)
        exact += 0.3 * math.exp(-time_s / 0.4) * math.sin(math.tau * 1_234.5 * time_s)
        assert sample == pytest.approx(exact * FULL_SCALE, abs=2)


def test_a_shaped_note_has_its_length_and_eases_in_and_out() -> None:
    steady = pack([1_000] * RATE)
    note = unpack(shaped(steady, 0.5, attack_s=0.1, release_s=0.2), RATE)
    assert note[0] == 0
    assert note[RATE // 20] == pytest.approx(500, abs=2)
    assert note[RATE // 4] == 1_000
    assert note[round(RATE * 0.4)] == pytest.approx(500, abs=2)
    assert not any(note[RATE // 2 :])


def test_arithmetic_on_a_whole_sound_is_arithmetic_on_each_sample() -> None:
    stray = random.Random("lounge")
    left = [stray.randint(-(1 << 20), 1 << 20) for _ in range(300)]
    right = [stray.randint(-(1 << 20), 1 << 20) for _ in range(300)]
    sound = pack(left) * 7 + (pack(right) * 5 << 32)
    head, tail = split(sound, 100)
    assert head + (tail << 100 * 64) == sound
    assert peak(sound, 300) == max(max(map(abs, left)) * 7, max(map(abs, right)) * 5)
    assert peak(head, 100) == max(max(map(abs, left[:100])) * 7, max(map(abs, right[:100])) * 5)
    expected = [
        value >> 16 for pair in zip([a * 7 for a in left], [b * 5 for b in right], strict=True) for value in pair
    ]
    assert struct.unpack("<600h", pcm16(sound, 300)) == tuple(expected)
    assert halved(sound, 3, 300) == pack([a * 7 >> 3 for a in left]) + (pack([b * 5 >> 3 for b in right]) << 32)


def test_a_melody_reads_as_it_is_written() -> None:
    notes = line("A4:.5 C5:1.5 - Bb3 | F#5:4", bar=2, velocity=0.6)
    assert [(note.beat, note.midi, note.beats) for note in notes] == [
        (8.0, 69, 0.5),
        (8.5, 72, 1.5),
        (11.0, 58, 1.0),
        (12.0, 78, 4.0),
    ]


def test_chords_and_drums_read_as_they_are_written() -> None:
    voicings = {"C": "C3 E3", "F": "F3 A3"}
    strummed = strums("C F | C", [(0, 1, 0.5), (2.5, 1, 0.5)], voicings, bar=1)
    assert [(note.beat, note.midi) for note in strummed] == [
        (4, 48), (4, 52), (6.5, 53), (6.5, 57), (8, 48), (8, 52), (10.5, 48), (10.5, 52),
    ]  # fmt: skip
    rolled = broken("C | F", "01", voicings, bar=0, beats=1, velocity=0.5)
    assert [(note.beat, note.midi) for note in rolled] == [(0, 48), (0.5, 52), (1, 53), (1.5, 57)]
    assert [(note.beat, note.velocity) for note in hits("9..3", bar=1, bars=1)] == [(4, 1), (7, 1 / 3)]


def test_a_slip_of_the_pen_is_told_with_the_bar_or_the_name_it_is_in() -> None:
    with pytest.raises(ValueError, match=r"'A4 C5' lasts 2 beats: a bar must last 3"):
        line("A4 C5 E5 | A4 C5", bar=0, beats_per_bar=3)
    with pytest.raises(ValueError, match="'H4' is not a pitch"):
        pitch("H4")
    with pytest.raises(ValueError, match="'G7' has no voicing: the score names C"):
        strums("G7", [(0, 1, 1)], {"C": "C3"}, bar=0)
