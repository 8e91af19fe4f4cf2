"""A stand-in for YouTube's Data API, as far as its contract goes here: search.list, videos.list, keys and errors.

https://developers.google.com/youtube/v3/docs/search/list, …/videos/list and …/errors
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "AIzaSyStandIn-0123456789_abcdefghijklmn"
PAGE = 5
"""How many results search.list answers when it is not told."""


@dataclass
class Known:
    """A video as YouTube knows it."""

    media_id: str
    title: str
    channel: str = "Rick Astley"
    duration: str = "PT3M33S"
    embeddable: bool = True
    live: str = "none"


class YouTubeApi:
    """The videos that there are, what was asked, and how it refuses: ``refusal`` is a status and a reason."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.videos: list[Known] = []
        self.asked: list[str] = []
        self.refusal: tuple[int, str] | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def answer(self, path: str, query: dict[str, str], key: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path.rpartition("/")[2])
        self.may_answer.wait(20)
        if self.refusal:
            return _error(*self.refusal)
        if key != KEY:
            return _error(400, "badRequest", "API_KEY_INVALID")
        if "part" not in query:
            return _error(400, "missingRequiredParameter")
        if path.endswith("/search"):
            return self._search(query)
        ids = query["id"].split(",")
        return 200, {
            "kind": "youtube#videoListResponse",
            "items": [_video(v) for v in self.videos if v.media_id in ids],
        }

    def _search(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        most = int(query.get("maxResults", PAGE))
        if not 0 <= most <= 50 or ("videoEmbeddable" in query and query.get("type") != "video"):
            return _error(400, "invalidSearchFilter")
        words = query.get("q", "").casefold().split()
        found = [v for v in self.videos if all(word in f"{v.title} {v.channel}".casefold() for word in words)]
        items = [
            {
                "kind": "youtube#searchResult",
                "id": {"kind": "youtube#video", "videoId": video.media_id},
                # Real answers escape what HTML would, here and not in videos.list.
                "snippet": {"title": html.escape(video.title), "channelTitle": video.channel},
            }
            for video in found[:most]
        ]
        return 200, {"kind": "youtube#searchListResponse", "items": items}


def _video(video: Known) -> dict[str, Any]:
    return {
        "kind": "youtube#video",
        "id": video.media_id,
        "snippet": {"title": video.title, "channelTitle": video.channel, "liveBroadcastContent": video.live},
        "contentDetails": {"duration": video.duration},
        "status": {"embeddable": video.embeddable, "privacyStatus": "public"},
    }


def _error(status: int, reason: str, detail: str = "") -> tuple[int, dict[str, Any]]:
    error: dict[str, Any] = {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason}]}
    if detail:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail}]
    return status, {"error": error}


@contextmanager
def youtube_api() -> Iterator[YouTubeApi]:
    """A stand-in that answers until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            key = self.headers.get("X-Goog-Api-Key") or query.get("key", "")
            status, said = api.answer(parts.path, query, key)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api = YouTubeApi(f"http://127.0.0.1:{server.server_port}/youtube/v3")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            api.may_answer.set()
            server.shutdown()
            thread.join()
