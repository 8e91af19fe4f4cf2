"""The moving picture of the documentation: two windows of one room, filmed while they move."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.soak.noise import unless_noisy
from tests.soak.test_shots import taken

MOST_BYTES = 1_500_000


@unless_noisy()
def test_two_windows_are_filmed_while_they_move(tmp_path: Path) -> None:
    """Two windows are filmed while they move, and both end with another cover than they began with."""
    taken(tmp_path, "film")
    film = tmp_path / "two-windows.webp"
    picture = Image.open(film)
    assert film.stat().st_size < MOST_BYTES
    assert picture.n_frames > 20  # type: ignore[attr-defined]  # of what moves
    ends = []
    for number in (0, picture.n_frames - 1):  # type: ignore[attr-defined]
        picture.seek(number)
        ends.append([picture.convert("RGB").resize((64, 32)).getpixel(at) for at in ((17, 12), (54, 10))])
    # Another track has another cover, in both windows.
    assert all(first != last for first, last in zip(*ends, strict=True))
