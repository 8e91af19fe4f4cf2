"""Open Window: a morning waltz in D, for harp, flute and celesta."""

from players.synth import instruments as play
from players.synth.notation import broken, echo, hits, line, strums
from players.synth.score import Part, Score

VOICINGS = {
    "D": "D3 A3 D4 F#4 A4",
    "A/C#": "C#3 A3 C#4 E4 A4",
    "Bm7": "B2 F#3 A3 D4 F#4",
    "G": "G2 D3 B3 D4 G4",
    "D/F#": "F#2 D3 A3 D4 F#4",
    "Em7": "E3 B3 D4 G4 B4",
    "F#m": "F#2 C#3 A3 C#4 F#4",
    "A": "A2 E3 A3 C#4 E4",
    "Asus": "A2 E3 A3 D4 E4",
    "Dmaj7": "D3 A3 C#4 F#4 A4",
    "D7": "D3 A3 C4 F#4 A4",
}

WAKING = "D | A/C# | Bm7 | G"
VERSE = "D | A/C# | Bm7 | G | D/F# | Em7 | Asus | A | D | A/C# | Bm7 | F#m | G | A | D | D"
GARDEN = "G | A | F#m | Bm7 | Em7 | A | Dmaj7 | D7 | G | A | F#m | Bm7 | Em7 | G | Asus | A"
CLOUDS = "G | D/F# | Em7 | A | G | D/F# | Em7 | Asus"
GOING_OUT = "D | A/C# | Bm7 | G | Em7 | A"

TUNE = (
    "F#5 A5:1.5 F#5:.5 | E5:2 - | D5 F#5:1.5 D5:.5 | B4:2 - |"
    "A4 D5 E5 | G5:1.5 F#5:.5 E5 | D5 E5:2 | -:2 E5 |"
    "F#5 A5:1.5 F#5:.5 | E5:2 A5 | B5 A5 F#5 | A5:2 - |"
    "B4:.5 D5:.5 G5 F#5 | E5 C#5 E5 | D5:3 | -:3"
)
BELLS = (
    "D5 G5 B5 | C#6 B5:.5 A5:.5 E5 | A5:2 E5 | F#5:2 - |"
    "E5 G5 B5 | A5 G5:.5 E5:.5 C#5 | D5 F#5 A5 | F#5 D5 C5 |"
    "B4 D5 G5 | A5:1.5 G5:.5 E5 | C#5 E5 A5 | B5:1.5 A5:.5 F#5 |"
    "G5 B5 G5 | D5 G5 B5 | A5:3 | -:2 E5"
)
DRIFT = "B5:3 | A5:2 F#5 | G5:3 | -:3 | D6:2 B5 | A5:3 | G5:1.5 F#5:.5 E5 | A5:3"
SPARKS = (
    "-:3 | -:1.5 A5:.5 E6 | -:3 | -:1.5 B5:.5 D6  | -:3 | -:1.5 B5:.5 E6 | -:3 | -:1.5 A5:.5 C#6 |"
    "-:3 | -:1.5 A5:.5 E6 | -:3 | -:1.5 A5:.5 C#6 | -:3 | -:1.5 B5:.5 E6 | -:3 | -:1.5 A5:.5 D6"
)
FAREWELL = "F#5 A5:1.5 F#5:.5 | E5:2 - | D5 F#5 A5 | B5:2 - | G5:1.5 F#5:.5 E5 | E5:2 C#5 | D5:3"

FLUTE = (
    *line(TUNE, bar=4, beats_per_bar=3),
    *line(TUNE, bar=36, beats_per_bar=3, velocity=0.9),
    *line(FAREWELL, bar=60, beats_per_bar=3, velocity=0.7),
)
CELESTA = (
    *line(BELLS, bar=20, beats_per_bar=3),
    *line(SPARKS, bar=36, beats_per_bar=3, velocity=0.35),
    *line(DRIFT, bar=52, beats_per_bar=3, velocity=0.65),
    *line("-:3 | -:1.5 A5:.5 E6 | -:3 | -:1.5 B5:.5 D6", bar=60, beats_per_bar=3, velocity=0.35),
    *line("-:.5 F#5:.5 A5:.5 D6:1.5", bar=66, beats_per_bar=3, velocity=0.5),
)

HARP = (
    *broken(f"{WAKING} | {VERSE}", "013243", VOICINGS, bar=0, beats=2, velocity=0.7),
    *broken(GARDEN, "012432", VOICINGS, bar=20, beats=2, velocity=0.75),
    *broken(VERSE, "013243", VOICINGS, bar=36, beats=2, velocity=0.75),
    *broken(CLOUDS, "024321", VOICINGS, bar=52, beats=2, velocity=0.6),
    *broken(GOING_OUT, "013243", VOICINGS, bar=60, beats=2, velocity=0.6),
    *broken("D | D", "012344", VOICINGS, bar=66, beats=3, velocity=0.55)[:5],
)

BASS_VERSE = (
    "D2:2 A2 | C#2:2 E2 | B1:2 F#2 | G2:2 D2 | F#2:2 D2 | E2:2 B2 | A2:2 E2 | A2 G2 E2 |"
    "D2:2 A2 | C#2:2 E2 | B1:2 F#2 | F#2:2 C#2 | G2:2 D2 | A2:2 C#2 | D2:2 A2 | D2 F#2 A2"
)
BASS = (
    *line(BASS_VERSE, bar=4, beats_per_bar=3),
    *line(
        "G2:2 D2 | A2:2 E2 | F#2:2 C#2 | B2:2 F#2 | E2:2 B2 | A2:2 E2 | D2:2 A2 | D2 C2 A2 |"
        "G2:2 D2 | A2:2 E2 | F#2:2 C#2 | B2:2 F#2 | E2:2 B2 | G2:2 D2 | A2:2 E2 | A2 G2 E2",
        bar=20,
        beats_per_bar=3,
    ),
    *line(BASS_VERSE, bar=36, beats_per_bar=3),
    *line("G2:3 | F#2:3 | E2:3 | A2:3 | G2:3 | F#2:3 | E2:3 | A2:3", bar=52, beats_per_bar=3, velocity=0.65),
    *line("D2:2 A2 | C#2:2 E2 | B1:2 F#2 | G2:2 D2 | E2:2 B2 | A2:3 | D2:3", bar=60, beats_per_bar=3),
)

HELD = [(0.0, 3.0, 0.8)]
STRINGS = tuple(
    note
    for chords, bar in ((GARDEN, 20), (VERSE, 36), (CLOUDS, 52), (GOING_OUT, 60), ("D | D", 66))
    for note in strums(chords, HELD, VOICINGS, bar=bar, beats_per_bar=3, voices=slice(1, 4))
)
SHAKER = (
    *hits(".34", bar=12, bars=8, beats_per_bar=3),
    *hits("4.3.4.", bar=20, bars=16, beats_per_bar=3),
    *hits("534344", bar=36, bars=16, beats_per_bar=3),
    *hits(".34", bar=60, bars=6, beats_per_bar=3),
)
KICK = (
    *hits("4..", bar=20, bars=16, beats_per_bar=3),
    *hits("5....2", bar=36, bars=16, beats_per_bar=3),
)

SCORE = Score(
    slug="open-window",
    title="Open Window",
    artist="The Lamplight Trio",
    bpm=112,
    beats_per_bar=3,
    bars=69,
    parts=(
        Part(play.harp, HARP, level=0.3, pan=-0.25, hall=0.25),
        Part(play.flute, FLUTE, level=0.34, pan=0.15, hall=0.45),
        Part(play.flute, echo(FLUTE, beats=1.5, strength=0.2), level=0.32, pan=-0.6, hall=0.5),
        Part(play.celesta, CELESTA, level=0.4, pan=0.35, hall=0.4),
        Part(play.celesta, echo(CELESTA, beats=1, strength=0.3), level=0.4, pan=-0.5, hall=0.5),
        Part(play.pad, STRINGS, level=0.1, hall=0.5),
        Part(play.bass, BASS, level=0.36, hall=0.04),
        Part(play.kick, KICK, level=0.3, hall=0.05),
        Part(play.shaker, SHAKER, level=0.5, pan=0.4, hall=0.2),
    ),
)
