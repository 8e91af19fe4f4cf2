"""A link is added, and seconds later everybody knows what it is: from the POST to the picture, on a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support import patient
from tests.support.events import Event
from tests.support.media_files import icy, id3, mp3, noise
from tests.support.web import served as web_served
from tools.people import Lounge
from tools.server import served


def test_a_link_a_dead_one_and_a_station_say_what_they_are(prepared: Path, tmp_path: Path) -> None:
    with (
        web_served() as web,
        served(prepared, tmp_path / "server", PROBE="1", PROBE_PRIVATE_NETWORKS="127.0.0.1") as server,
    ):
        web.plays["/live"] = lambda handler: handler.write(icy(b"IU - Palette"))
        urls = [web.has("/a.mp3", mp3(tag=id3("Dusk", "Alice", picture=noise(64, 64)))), web.url + "/gone.mp3"]
        lounge = Lounge.open(server)
        with lounge.bob() as bob:

            def told(entry: dict[str, Any], **facts: str) -> dict[str, Any]:
                def is_news(event: Event) -> bool:
                    shown = event.data["entry"] if event.data.get("op") == "update" else {}
                    return shown.get("id") == entry["id"] and facts.items() <= shown.items()

                return dict(bob.wait_for(is_news).data["entry"])

            song, gone = (lounge.add(url) for url in urls)
            shown = told(song, title="Dusk", artist="Alice")
            picture = patient.get(server.url + shown["artwork_url"])
            assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
            told(gone, unplayable="There is no file at this address.")
            station = lounge.add(web.url + "/live")
            told(station, title="Night Radio")
            lounge.control(entry_id=station["id"], playing=True)
            bob.wait_for(lambda event: event.name == "player" and event.data.get("now_playing") == "IU - Palette")
        assert lounge.snapshot()["player"]["now_playing"] == "IU - Palette"
