"""The contract as it is generated: complete, well formed, and shown without asking anybody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.support import patient
from tools.people import Lounge
from tools.server import Server

CONTRACT = {
    "/time": {"get"},
    "/rooms": {"get", "post"},
    "/rooms/{slug}": {"get", "patch", "delete"},
    "/rooms/{slug}/player": {"get", "patch"},
    "/rooms/{slug}/player/next": {"post"},
    "/rooms/{slug}/player/previous": {"post"},
    "/rooms/{slug}/player/hints": {"post"},
    "/rooms/{slug}/queue": {"get", "post", "delete"},
    "/rooms/{slug}/queue/shuffle": {"post"},
    "/rooms/{slug}/queue/next": {"post"},
    "/rooms/{slug}/queue/import": {"post"},
    "/rooms/{slug}/queue/export": {"get"},
    "/rooms/{slug}/queue/{entry_id}": {"patch", "delete"},
    "/rooms/{slug}/queue/load": {"post"},
    "/rooms/{slug}/chat": {"get", "post"},
    "/rooms/{slug}/chat/{message_id}": {"patch", "delete"},
    "/rooms/{slug}/reactions": {"post"},
    "/rooms/{slug}/history": {"get"},
    "/rooms/{slug}/log": {"get"},
    "/rooms/{slug}/undo": {"post"},
    "/rooms/{slug}/events": {"get"},
    "/rooms/{slug}/reopen": {"post"},
    "/rooms/{slug}/enter": {"post"},
    "/rooms/{slug}/invitations": {"get", "post"},
    "/rooms/{slug}/invitations/{invitation}": {"delete"},
    "/rooms/{slug}/tokens": {"get", "post"},
    "/rooms/{slug}/tokens/{token}": {"delete"},
    "/rooms/{slug}/webhooks": {"get", "post"},
    "/rooms/{slug}/webhooks/{webhook}": {"patch", "delete"},
    "/rooms/{slug}/webhooks/{webhook}/deliveries": {"get"},
    "/rooms/{slug}/webhooks/{webhook}/deliveries/{delivery}/retry": {"post"},
    "/rooms/{slug}/people": {"get"},
    "/rooms/{slug}/people/me": {"patch"},
    "/rooms/{slug}/people/{person}": {"patch"},
    "/rooms/{slug}/people/{person}/kick": {"post"},
    "/rooms/{slug}/people/{person}/ban": {"post"},
    "/rooms/{slug}/bans": {"get"},
    "/rooms/{slug}/bans/{ban}": {"delete"},
    "/rooms/{slug}/reports": {"post"},
    "/rooms/{slug}/player/skip-vote": {"put", "delete"},
    "/rooms/{slug}/owner": {"post"},
    "/rooms/{slug}/recovery": {"post", "delete"},
    "/search": {"get"},
    "/rooms/{slug}/search": {"get"},
    "/library": {"get"},
    "/playlists": {"get", "post"},
    "/playlists/{playlist_id}": {"get", "patch", "delete"},
    "/playlists/{playlist_id}/entries": {"post"},
    "/playlists/{playlist_id}/entries/{entry_id}": {"delete"},
}


@pytest.fixture(scope="module")
def document(server: Server) -> dict[str, Any]:
    answer = server.client().get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    return dict(answer.json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def test_every_call_of_the_contract_is_in_it_and_no_other(document: dict[str, Any]) -> None:
    told = {path: set(methods) for path, methods in document["paths"].items()}
    assert told == {f"/api/v1{path}": methods for path, methods in CONTRACT.items()}


def test_it_is_an_openapi_document(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.[01]\.\d", document["openapi"])
    assert document["info"]["title"] == "Musicrooms"
    assert document["info"]["version"]
    ids = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(set(ids)) == len(ids)


def test_every_operation_says_what_it_does_and_answers(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert operation["description"].endswith("."), (method, path)
        assert operation["tags"]
        assert operation["responses"]
        assert all(re.fullmatch(r"[1-5]\d\d|default", status) for status in operation["responses"])
        assert all(response["description"] for response in operation["responses"].values())


def test_every_parameter_of_a_path_is_declared(document: dict[str, Any]) -> None:
    for path, _method, operation in operations(document):
        declared = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))
        assert all(p["required"] and p["schema"] for p in operation.get("parameters", ()) if p["in"] == "path")


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    check_references(document)


def check_references(document: dict[str, Any]) -> None:
    references = [node["$ref"] for node in nodes(document) if isinstance(node, dict) and "$ref" in node]
    assert references
    for reference in references:
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_every_way_to_identify_is_declared(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert [scheme.get("scheme", scheme.get("in")) for scheme in schemes.values()] == ["bearer", "cookie"]
    used = {name for _, _, operation in operations(document) for way in operation.get("security", ()) for name in way}
    assert used == set(schemes)


def test_bodies_and_answers_are_closed_and_their_bounds_are_told(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    open_ones = {name for name, schema in schemas.items() if schema["additionalProperties"] is not False}
    assert open_ones == set()
    told = str(schemas["PlayerChange"]["properties"])
    assert "'maximum': 3600000000" in told
    assert "'maximum': 2.0" in told
    bodies = {path: op["requestBody"]["required"] for path, method, op in operations(document) if "requestBody" in op}
    assert bodies["/api/v1/rooms/{slug}/player"] is True
    assert bodies["/api/v1/rooms/{slug}/player/next"] is False


def test_every_call_has_a_shape_and_an_example_of_its_answer_and_its_errors(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        if path.endswith("/events"):
            continue
        responses = operation["responses"]
        (good,) = (status for status in responses if status.startswith("2"))
        if good != "204":
            media = responses[good]["content"]["application/json"]
            assert set(media["schema"]) & {"$ref", "oneOf"}, (method, path)
            check(document, media["schema"], media["example"])
        for status in responses.keys() - {good, "304"}:
            schema = responses[status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}, (method, path, status)


def test_every_body_has_an_example_that_it_allows(document: dict[str, Any]) -> None:
    bodies = {
        node["$ref"].rpartition("/")[2]
        for _path, _method, operation in operations(document)
        for node in nodes(operation.get("requestBody", {}))
        if isinstance(node, dict) and "$ref" in node
    }
    of_rooms = {"NewRoom", "RoomChange", "Password", "NewInvitation", "PersonChange", "NewOwner"}
    of_rooms |= {"MyChange", "NewBan", "NewReport", "SkipVote"}
    of_bots = {"NewToken", "NewWebhook", "WebhookChange"}
    of_chat = {"NewMessage", "MessageChange", "Reaction"}
    of_lists = {"NewPlaylist", "PlaylistChange", "NewPlaylistEntry", "Loading"}
    of_players = {"PlayerChange", "Skip", "NewEntry", "EntryChange", "Cleared", "Chosen", "Hint"}
    assert bodies == of_rooms | of_bots | of_chat | of_lists | of_players
    for name in bodies:
        check(document, {"$ref": f"#/components/schemas/{name}"}, document["components"]["schemas"][name]["example"])


def check(document: dict[str, Any], schema: dict[str, Any], answer: Any) -> None:
    """Raise ValidationError unless ``answer`` is what ``schema`` says."""
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer)


A, B = "https://media.example.org/a.mp3", "https://media.example.org/b.mp3"

CALLS: list[tuple[str, str, Any, int]] = [
    ("get", "/time", None, 200),
    ("get", "/rooms", None, 200),
    ("post", "/rooms", {"name": "Another"}, 201),
    ("get", "/rooms/{slug}", None, 200),
    ("patch", "/rooms/{slug}", {"name": "Salon"}, 200),
    ("post", "/rooms/{slug}/queue", {"url": A}, 201),
    ("post", "/rooms/{slug}/queue", {"url": f"{A} {B}"}, 201),
    ("get", "/rooms/{slug}/queue", None, 200),
    ("post", "/rooms/{slug}/queue/import", {"items": [{"url": A, "title": "Dusk"}, {"url": "nowhere"}]}, 201),
    ("get", "/rooms/{slug}/queue/export", None, 200),
    ("get", "/rooms/{slug}/player", None, 200),
    ("patch", "/rooms/{slug}/player", {"playing": True}, 200),
    ("post", "/rooms/{slug}/player/next", None, 200),
    ("post", "/rooms/{slug}/player/previous", None, 200),
    ("post", "/rooms/{slug}/player/hints", {"kind": "length", "entry_id": 0, "length_ms": 60_000}, 422),
    ("post", "/rooms/{slug}/player/hints", {"kind": "length", "entry_id": "first", "length_ms": 60_000}, 202),
    ("patch", "/rooms/{slug}/queue/{entry_id}", {"after": None}, 200),
    ("get", "/rooms/{slug}/chat", None, 200),
    ("post", "/rooms/{slug}/chat", {"text": "Hello"}, 201),
    ("post", "/rooms/{slug}/chat", {"text": ""}, 422),
    ("patch", "/rooms/{slug}/chat/{message_id}", {"text": "Hello, Bob"}, 200),
    ("get", "/rooms/{slug}", None, 200),
    ("delete", "/rooms/{slug}/chat/{message_id}", None, 204),
    ("patch", "/rooms/{slug}/chat/{message_id}", {"text": "Bob?"}, 404),
    ("post", "/rooms/{slug}/reactions", {"emoji": "🔥"}, 202),
    ("post", "/rooms/{slug}/reactions", {"emoji": "F"}, 422),
    ("patch", "/rooms/{slug}/player", {"rate": 9.5}, 422),
    ("patch", "/rooms/{slug}/player", {"playing": True, "expected_version": 1}, 409),
    ("post", "/rooms/{slug}/queue", {"url": "x" * 300_000}, 413),
    ("delete", "/rooms/{slug}/queue/{entry_id}", None, 204),
    ("post", "/playlists", {"name": "Late night"}, 401),
    ("post", "/playlists", {"name": "Late night"}, 201),
    ("get", "/playlists", None, 200),
    ("post", "/playlists/{playlist_id}/entries", {"url": f"{A} {B}"}, 201),
    ("get", "/playlists/{playlist_id}", None, 200),
    ("patch", "/playlists/{playlist_id}", {"name": "Early"}, 200),
    ("post", "/rooms/{slug}/queue/load", {"playlist_id": "made"}, 201),
    ("delete", "/playlists/{playlist_id}/entries/{entry_id}", None, 204),
    ("delete", "/playlists/{playlist_id}", None, 204),
    ("put", "/rooms/{slug}/player/skip-vote", {"entry_id": "first"}, 200),
    ("delete", "/rooms/{slug}/player/skip-vote", {"entry_id": "first"}, 200),
    ("post", "/rooms/{slug}/undo", None, 200),
    ("post", "/rooms/{slug}/queue/shuffle", None, 200),
    ("post", "/rooms/{slug}/queue/next", {"entries": "made"}, 200),
    ("get", "/rooms/{slug}/history", None, 200),
    ("get", "/library", None, 404),
    ("get", "/rooms/{slug}/log", None, 200),
    ("delete", "/rooms/{slug}/queue", {"added_by": "Charlie"}, 422),
    ("delete", "/rooms/{slug}/queue", None, 204),
    ("get", "/rooms/{slug}/search?q=music", None, 200),
    ("get", "/search?q=music", None, 404),
    ("post", "/rooms/{slug}/enter", {"password": "there is none"}, 200),
    ("post", "/rooms/{slug}/invitations", {"role": "host", "expires_at_ms": 4_000_000_000_000}, 201),
    ("get", "/rooms/{slug}/invitations", None, 200),
    ("delete", "/rooms/{slug}/invitations/{invitation}", None, 204),
    ("post", "/rooms/{slug}/tokens", {"name": "Jukebox", "scopes": ["read"]}, 201),
    ("post", "/rooms/{slug}/webhooks", {"url": "https://bot.invalid/", "events": ["room"]}, 201),
    ("get", "/rooms/{slug}/webhooks", None, 200),
    ("patch", "/rooms/{slug}/webhooks/{webhook}", {"active": True}, 200),
    ("patch", "/rooms/{slug}", {"name": "Bar"}, 200),
    ("get", "/rooms/{slug}/webhooks/{webhook}/deliveries", None, 200),
    ("post", "/rooms/{slug}/webhooks/{webhook}/deliveries/{delivery}/retry", None, 202),
    ("delete", "/rooms/{slug}/webhooks/{webhook}", None, 204),
    ("get", "/rooms/{slug}/tokens", None, 200),
    ("delete", "/rooms/{slug}/tokens/{token}", None, 204),
    ("patch", "/rooms/{slug}/people/{person}", {"role": "host"}, 200),
    ("get", "/rooms/{slug}/people", None, 200),
    ("patch", "/rooms/{slug}/people/me", {"name": "Alice", "state": "silent"}, 200),
    ("post", "/rooms/{slug}/people/{person}/kick", {}, 204),
    ("post", "/rooms/{slug}/reports", {"id": "bob", "reason": "Insults others."}, 201),
    ("post", "/rooms/{slug}/people/{person}/ban", {"reason": "Skips all day."}, 201),
    ("get", "/rooms/{slug}/bans", None, 200),
    ("delete", "/rooms/{slug}/bans/{ban}", None, 204),
    ("post", "/rooms/{slug}/recovery", {}, 201),
    ("delete", "/rooms/{slug}/recovery", None, 204),
    ("post", "/rooms/{slug}/owner", {"id": "own"}, 200),
    ("get", "/rooms/nowhere", None, 404),
    ("delete", "/rooms/{slug}", None, 204),
    ("post", "/rooms/{slug}/reopen", {}, 200),
]


def signed_up(lounge: Lounge) -> httpx.Client:
    """Calls of a browser with an account."""
    browser = lounge.person()
    form = {"email": f"alice-of-{lounge.slug}@example.org", "password1": "quite a long walk"}
    browser.post("/accounts/signup/", data=form)
    browser.headers["X-CSRFToken"] = browser.cookies.get("csrftoken") or ""
    browser.base_url = httpx.URL(f"{lounge.server.url}/api/v1")
    return browser


def test_real_answers_are_as_the_description_says(server: Server, document: dict[str, Any]) -> None:
    lounge = Lounge.open(server)
    bob = lounge.person()
    assert bob.post(f"/api/v1{lounge.path}/queue", json={"url": A}).status_code == 201
    names = {
        "slug": lounge.slug,
        "entry_id": lounge.add(A)["id"],
        "person": bob.get(f"/api/v1{lounge.path}").json()["you"]["id"],
        "message_id": 0,
        "invitation": lounge.alice.get(f"{lounge.path}/invitations").json()["items"][0]["id"],
        "playlist_id": 0,
    }
    account = signed_up(lounge)
    held = set()
    with lounge.listening():
        for method, template, body, status in CALLS:
            path = template.format(**names)
            if body == {"id": "own"}:
                body = {"id": lounge.snapshot()["you"]["id"]}
            if isinstance(body, dict) and body.get("id") == "bob":
                body = body | {"id": names["person"]}
            if isinstance(body, dict) and body.get("entry_id") == "first":
                body = body | {"entry_id": lounge.snapshot()["player"]["entry_id"]}
            if isinstance(body, dict) and "entries" in body:
                body = {"entries": [entry["id"] for entry in lounge.snapshot()["queue"]]}
            if isinstance(body, dict) and "playlist_id" in body:
                body = {"playlist_id": names["playlist_id"]}
            caller = account if ("playlist" in template or "load" in template) and status != 401 else lounge.alice
            answer = caller.request(method, path, **({} if body is None else {"json": body}))
            assert answer.status_code == status, (method, path, answer.text)
            if path.endswith("/deliveries"):
                names["delivery"] = answer.json()["items"][0]["id"]
            for made in ("ban", "token", "webhook"):
                if (method, status) == ("post", 201) and path.rstrip("s").endswith(f"/{made}"):
                    names[made] = answer.json()["id"]
            if (template, status) == ("/rooms/{slug}/chat", 201):
                names["message_id"] = answer.json()["id"]
            described = "/rooms/{slug}" if template == "/rooms/nowhere" else template.partition("?")[0]
            response = document["paths"][f"/api/v1{described}"][method]["responses"][str(status)]
            if status == 204:
                assert answer.content == b""
            else:
                check(document, response["content"]["application/json"]["schema"], answer.json())
            if template.startswith("/playlists") and method == "post" and status == 201:
                told = answer.json()
                if "items" in told:
                    names["entry_id"] = told["items"][0]["id"]
                else:
                    names["playlist_id"] = told["id"]
            held.add((method, described))
    every = {(method, path.removeprefix("/api/v1")) for path, method, _ in operations(document)}
    assert held == every - {("get", "/rooms/{slug}/events")}


def test_what_webhooks_are_told_is_described(document: dict[str, Any]) -> None:
    told = document["webhooks"]["change"]["post"]["requestBody"]["content"]["application/json"]
    check(document, told["schema"], told["example"])


def test_the_docs_show_it_with_files_of_our_own_alone(server: Server) -> None:
    page = patient.get(f"{server.url}/api/v1/docs")
    assert page.status_code == 200
    assert "/api/v1/openapi.json" in page.text
    assert not re.search(r"https?://|[\"']//", page.text)
    assert "<script>" not in page.text
    files = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert any(name.endswith(".js") or ".js" in name for name in files)
    for name in files:
        assert name.startswith("/static/")
        assert patient.get(f"{server.url}{name}").status_code == 200, name


def test_the_docs_may_load_what_they_need_by_the_policy_of_the_page(server: Server) -> None:
    policy = patient.get(f"{server.url}/api/v1/docs").headers["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    assert "'self'" in directives["script-src"]
    assert "'unsafe-inline'" not in directives["script-src"]


def test_a_read_of_a_room_may_be_refused_at_its_door(document: dict[str, Any]) -> None:
    for path in ("", "/player", "/queue", "/people", "/chat", "/queue/export"):
        assert "403" in document["paths"][f"/api/v1/rooms/{{slug}}{path}"]["get"]["responses"], path


def test_conditional_reads_and_repeats_are_described(document: dict[str, Any]) -> None:
    read = document["paths"]["/api/v1/rooms/{slug}"]["get"]
    assert read["responses"]["200"]["headers"].keys() == read["responses"]["304"]["headers"].keys() == {"ETag"}
    assert "If-None-Match" in {parameter["name"] for parameter in read["parameters"]}
    posts = [operation for _path, method, operation in operations(document) if method == "post"]
    assert len(posts) > 15
    for operation in posts:
        assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}
        assert "409" in operation["responses"]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_the_description_is_only_read(server: Server, path: str, method: str) -> None:
    answer = server.client().request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]["code"] == "method-not-allowed"
