"""Last Light: a calm evening in F, slow, for vibraphone and electric piano."""

from players.synth import instruments as play
from players.synth.notation import echo, hits, line, strums
from players.synth.score import Part, Score

VOICINGS = {
    "Fmaj9": "F3 A3 C4 E4 G4",
    "Dm9": "F3 A3 C4 E4",
    "Bbmaj9": "D3 A3 C4 F4",
    "C9sus": "F3 Bb3 D4 G4",
    "C13sus": "Bb3 D4 F4 A4",
    "Am7": "E3 G3 C4 E4",
    "Gm9": "F3 Bb3 D4 A4",
    "Dbmaj9": "F3 Ab3 C4 Eb4",
    "Bbm6": "F3 G3 Bb3 Db4",
    "F69": "A3 C4 D4 G4",
}

VERSE = "Fmaj9 | Dm9 | Bbmaj9 | C9sus | Am7 | Dm9 | Gm9 | C13sus"
BRIDGE = "Bbmaj9 | Am7 | Dbmaj9 | C9sus"
RETURN = "Fmaj9 | Dm9 | Gm9 | C13sus"
CHORDS = f"Fmaj9 | Bbmaj9 | {VERSE} | {BRIDGE} | {RETURN} | Bbm6"

MELODY = line(
    # verse
    "-      A4:.5 C5:.5 E5:2    | D5 C5:.5 A4:1.5 -              |"
    "-      D5:.5 F5:.5 A5:2    | G5 F5:.5 D5:1.5 -              |"
    "-:.5   E5:.5 G5:.5 E5:.5 C5:2 | -:.5 D5:.5 F5:.5 E5:.5 A4:2 |"
    "-:.5   Bb4:.5 D5:.5 F5:.5 A5 G5 | F5:.5 G5:1.5 -:2          |"
    # bridge
    "D5:1.5 C5:.5 F5:2          | E5:1.5 D5:.5 G5 C5             |"
    "F5     Eb5 C5 Ab4          | G4:2 -:.5 C5:.5 D5:.5 E5:.5    |"
    # return
    "A5:1.5 G5:.5 E5 C5         | D5:.5 E5:.5 F5 - A4:.5 C5:.5   |"
    "D5:1.5 Bb4:.5 F5:1.5 D5:.5 | F5 D5 G4 -                     |"
    # farewell
    "-      F5:.5 Db5:.5 G5:2   | A4:.5 C5:.5 G5:3",
    bar=2,
)

BASS = line(
    "F2:2.5 C3:1.5 | Bb2:2.5 F2:1.5 |"
    "F2:2.5 C3:1.5 | D2:2.5 A2:1.5 | Bb2:2.5 F2:1.5 | C3:2.5 G2:1.5 |"
    "A2:2.5 E2:1.5 | D2:2.5 A2:1.5 | G2:2.5 D3:1.5 | C3:2.5 C2 E2:.5 |"
    "Bb2:2.5 F2:1.5 | A2:2.5 E2:1.5 | Db3:2.5 Ab2:1.5 | C3:2.5 G2:1.5 |"
    "F2:2.5 C3:1.5 | D2:2.5 A2:1.5 | G2:2.5 D3:1.5 | C3:2.5 G2 C2:.5 |"
    "Bb2:2.5 F2:1.5 | F2:4",
    bar=0,
)

LOW = strums(CHORDS, [(0, 2.4, 0.8), (2.5, 1.4, 0.42)], VOICINGS, bar=0, voices=slice(0, 2))
HIGH = strums(CHORDS, [(0.04, 2.4, 0.7), (1.5, 1.4, 0.36), (2.5, 1.4, 0.5)], VOICINGS, bar=0, voices=slice(2, None))
LAST_CHORD = strums("F69", [(0, 4, 0.7)], VOICINGS, bar=19)
STRINGS = strums(f"{CHORDS} | F69", [(0, 4, 0.8)], VOICINGS, bar=0, voices=slice(1, 4))

SCORE = Score(
    slug="last-light",
    title="Last Light",
    artist="The Lamplight Trio",
    bpm=64,
    beats_per_bar=4,
    bars=20,
    parts=(
        Part(play.vibraphone, MELODY, level=0.42, pan=0.15, hall=0.4),
        Part(play.vibraphone, echo(MELODY, beats=0.75, strength=0.3), level=0.42, pan=-0.6, hall=0.5),
        Part(play.electric_piano, LOW, level=0.3, pan=-0.3, hall=0.2),
        Part(play.electric_piano, HIGH + LAST_CHORD, level=0.3, pan=0.25, hall=0.25),
        Part(play.pad, STRINGS, level=0.12, hall=0.5),
        Part(play.bass, BASS, level=0.42, hall=0.03),
        Part(play.kick, hits("5..2....", bar=6, bars=12), level=0.4, hall=0.05),
        Part(play.brush, hits("..5...6.", bar=4, bars=14), level=0.4, pan=0.3, hall=0.25),
        Part(play.shaker, hits(".4.6.4.6.4.6.4.6", bar=10, bars=8), level=0.35, pan=-0.4, hall=0.2),
    ),
)
