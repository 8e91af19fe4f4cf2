"""The Long Way Home: a walking bass in G, swung, for clarinet, vibraphone and snapping fingers."""

from players.synth import instruments as play
from players.synth.notation import echo, hits, line, strums
from players.synth.score import Part, Score

VOICINGS = {
    "G6": "B3 D4 E4 A4",
    "Em7": "G3 B3 D4 F#4",
    "Am7": "G3 C4 E4 A4",
    "D7": "F#3 C4 E4 A4",
    "Bm7": "A3 B3 D4 F#4",
    "E7": "G#3 B3 D4 F#4",
    "C6": "G3 A3 D4 E4",
    "Cm6": "G3 A3 C4 Eb4",
    "A7": "G3 B3 C#4 F#4",
    "G6/9": "G3 B3 D4 E4 A4",
}

OPENING = "G6 | Em7 | Am7 | D7"
VERSE = "G6 | Em7 | Am7 | D7 | Bm7 | E7 | Am7 D7 | G6"
BRIDGE = "C6 | Cm6 | Bm7 | E7 | A7 | A7 | Am7 | D7"
TAG = "Am7 D7 | Bm7 E7 | Am7 D7 | G6"
CHORDS = f"{OPENING} | {VERSE} | {VERSE} | {BRIDGE} | {VERSE} | {TAG}"

TUNE = (
    "-:.5 D4:.5 G4:.5 B4:.5 D5 B4  | E5:1.5 D5:.5 B4 -  |"
    "-:.5 E4:.5 A4:.5 C5:.5 E5 C5  | F#5:1.5 E5:.5 C5 - |"
    "-:.5 D5:.5 F#5:.5 D5:.5 A4 B4 | G#4:1.5 B4:.5 D5 - |"
    "C5:.5 E5:.5 D5:.5 C5:.5 A4 F#4 | G4:2 -:2"
)
ANSWER = (
    "G5 D5:.5 B4:.5 - D5:.5 E5:.5  | G5:.5 E5:.5 B4 -:2 |"
    "A5 E5:.5 C5:.5 - E5:.5 G5:.5  | A5:.5 F#5:.5 D5 -:2 |"
    "-:.5 F#5:.5 A5:.5 F#5:.5 D5 - | -:.5 E5:.5 G#5:.5 E5:.5 B4 - |"
    "C5:.5 B4:.5 A4:.5 C5:.5 F#4:.5 A4:.5 D5:.5 C5:.5 | B4:2 -:2"
)
MIDDLE = (
    "E5:2 G5 E5    | Eb5:3 -          | D5:2 F#5 D5            | B4:1.5 G#4:.5 E4 - |"
    "C#5 E5 G5:1.5 E5:.5 | C#5 A4 -:2 | C5:.5 D5:.5 E5:.5 G5:.5 E5 C5 | A4:1.5 C5:.5 F#4 -"
)
LAST_TURNS = (
    "C5:.5 E5:.5 D5:.5 C5:.5 A4 F#4  | D5:.5 F#5:.5 E5:.5 D5:.5 B4 G#4 |"
    "C5:.5 E5:.5 D5:.5 C5:.5 A4:.5 F#4:.5 A4 | G4:2 -:2"
)
FILLS = "-:4 | -:3 F#5:.5 G5:.5 | -:4 | -:3 A5:.5 F#5:.5 | -:4 | -:3 D5:.5 E5:.5 | -:4 | -:2 D5:.5 E5:.5 G5"

CLARINET = (
    *line(TUNE, bar=4),
    *line(MIDDLE, bar=20),
    *line(TUNE, bar=28, velocity=0.9),
    *line(LAST_TURNS, bar=36),
)
VIBRAPHONE = (
    *line(ANSWER, bar=12),
    *line(FILLS, bar=28, velocity=0.5),
    *line("-:2 D5:.5 E5:.5 G5 | -:.5 A5:.5 D6:3", bar=39, velocity=0.6),
)

STROLL = "G2 A2 B2 D3 | E3 D3 B2 Bb2 | A2 C3 E3 Eb3 | D3 C3 A2 Bb2 | B2 D3 F#3 F3 | E3 D3 B2 Bb2 | A2 C3 D3 F#2"
DETOUR = "G2 B2 D3 F3 | E3 B2 G2 G#2 | A2 B2 C3 C#3 | D3 A2 F#2 A2 | B2 F#2 B2 D3 | E3 G#2 B2 Bb2 | A2 E3 D3 F#2"
CROSSING = "C3 E3 G3 E3 | Eb3 C3 G2 Bb2 | B2 D3 F#3 F3 | E3 G#2 B2 Bb2 | A2 C#3 E3 C#3 | A2 G2 E2 G#2"
BASS = (
    *line("G2 D3 G2 D3 | E2 B2 E3 Bb2 | A2 E3 A2 E3 | D3 A2 D2 F#2", bar=0),
    *line(f"{STROLL} | G2 D3 G2 F#2", bar=4),
    *line(f"{DETOUR} | G2 A2 B2 Bb2", bar=12),
    *line(f"{CROSSING} | A2 B2 C3 C#3 | D3 C3 A2 F#2", bar=20),
    *line(f"{STROLL} | G2 D3 B2 Bb2", bar=28),
    *line("A2 E3 D3 C3 | B2 F#3 E3 D3 | A2 C3 D3 F#2 | G2 D3 B2 A2 | G2:4", bar=36),
)

COMPING = strums(CHORDS, [(0, 0.7, 0.6), (1.5, 0.5, 0.75), (2.5, 0.9, 0.45)], VOICINGS, bar=0)
LAST_CHORD = strums("G6/9", [(0, 8, 0.75)], VOICINGS, bar=40)

SCORE = Score(
    slug="the-long-way-home",
    title="The Long Way Home",
    artist="The Lamplight Trio",
    bpm=106,
    beats_per_bar=4,
    bars=42,
    swing=0.63,
    parts=(
        Part(play.clarinet, CLARINET, level=0.36, pan=-0.15, hall=0.35),
        Part(play.vibraphone, VIBRAPHONE, level=0.42, pan=0.35, hall=0.35),
        Part(play.vibraphone, echo(VIBRAPHONE, beats=1, strength=0.25), level=0.42, pan=-0.5, hall=0.4),
        Part(play.electric_piano, COMPING + LAST_CHORD, level=0.24, pan=0.2, hall=0.25),
        Part(play.bass, BASS, level=0.42, hall=0.05),
        Part(play.kick, hits("4.2.", bar=4, bars=36), level=0.36, hall=0.05),
        Part(play.snap, hits(".6.7", bar=0, bars=40), level=0.6, pan=-0.3, hall=0.4),
        Part(play.ride, hits("5.645.64", bar=4, bars=36), level=0.45, pan=0.45, hall=0.2),
        Part(play.brush, hits(".4.5", bar=12, bars=28), level=0.45, pan=0.1, hall=0.2),
    ),
)
