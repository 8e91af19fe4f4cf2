"""Two real windows on the demo room: whoever acts, and from wherever, both follow."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.soak.noise import unless_noisy
from tests.support.demo import TOKEN, alice_of
from tests.support.in_step import in_step, player
from tools.browser import Window
from tools.patience import until
from tools.server import Server

ROOM = "/r/lounge"


@pytest.fixture
def token(demo: Server) -> str:
    """A token of the room's owner, for ``curl``."""
    return (demo.data_dir / TOKEN).read_text()


@pytest.fixture
def api(demo: Server) -> httpx.Client:
    client = alice_of(demo)
    first = client.get("/rooms/lounge/queue").json()["items"][0]
    started = client.patch(
        "/rooms/lounge/player", json={"entry_id": first["id"], "position_ms": 5_000, "playing": True, "rate": 1}
    )
    assert started.status_code == 200, started.text
    return client


@pytest.fixture
def windows(api: httpx.Client, browser: Browser, demo: Server, host_path: str) -> Iterator[tuple[Window, Window]]:
    """Alice's window, who hosts, and Bob's; both play and are in step."""
    alice = Window.open(browser, demo.url, host_path)
    bob = Window.open(browser, demo.url, ROOM)
    in_step(api, alice, bob)
    yield alice, bob
    alice.close()
    bob.close()


def paused(api: httpx.Client, *windows: Window) -> None:
    assert player(api)["playing"] is False
    in_step(api, *windows)


@unless_noisy()
def test_both_windows_play_and_go_on(api: httpx.Client, windows: tuple[Window, Window]) -> None:
    """Two windows on a room play, go on playing, and stay in step."""
    for window in windows:
        earlier = (window.hears or {})["position_ms"]
        until(
            lambda window=window, earlier=earlier: (window.hears or {})["position_ms"] > earlier + 1_500,  # type: ignore[misc]
            "it stands still",
        )
    in_step(api, *windows)


@unless_noisy()
def test_a_patch_by_curl_pauses_both(
    api: httpx.Client, windows: tuple[Window, Window], demo: Server, token: str
) -> None:
    """A PATCH by curl pauses every window, at the same position."""
    command = [
        "curl", "-sS", "--fail", "-X", "PATCH", f"{demo.url}/api/v1/rooms/lounge/player",
        "-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json", "-d", '{"playing": false}',
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=20)
    paused(api, *windows)


@pytest.mark.parametrize("playing", [True, False])
@unless_noisy()
def test_a_seek_lands_both_within_250_ms(api: httpx.Client, windows: tuple[Window, Window], playing: bool) -> None:
    """A seek, playing or paused, lands every window within 250 ms of the room."""
    api.patch("/rooms/lounge/player", json={"position_ms": 42_000, "playing": playing})
    in_step(api, *windows)
    assert all((window.hears or {})["position_ms"] >= 41_700 for window in windows)


@unless_noisy()
def test_next_changes_both(api: httpx.Client, windows: tuple[Window, Window]) -> None:
    """The next track plays in every window, in step."""
    before = player(api)["entry_id"]
    api.post("/rooms/lounge/player/next", json={"entry_id": before})
    assert player(api)["entry_id"] != before
    in_step(api, *windows)


@unless_noisy()
def test_a_late_joiner_lands_within_250_ms(
    api: httpx.Client, windows: tuple[Window, Window], browser: Browser, demo: Server
) -> None:
    """A late joiner lands within 250 ms of the room."""
    charlie = Window.open(browser, demo.url, ROOM)
    in_step(api, charlie)
    in_step(api, *windows)
    charlie.close()


@unless_noisy()
def test_an_action_in_the_admin_moves_both(
    api: httpx.Client, windows: tuple[Window, Window], browser: Browser, demo: Server
) -> None:
    """Pause, play and next in the admin move every window."""
    demo.shell(
        "from django.contrib.auth.models import User;"
        "User.objects.filter(username='op').exists() or User.objects.create_superuser('op', password='in step')"
    )
    operator = Window.open(browser, demo.url, "/admin/login/?next=/admin/rooms/room/")
    operator.page.fill("[name=username]", "op")
    operator.page.fill("[name=password]", "in step")
    operator.page.click("[type=submit]")

    def act(action: str) -> None:
        operator.page.goto(f"{demo.url}/admin/rooms/room/")
        operator.page.check("tr:has-text('Lounge') .action-select")
        operator.page.select_option("select[name=action]", action)
        operator.page.click("button[name=index]")
        expect(operator.page.locator(".messagelist")).to_be_visible()

    act("pause")
    paused(api, *windows)
    act("play")
    assert player(api)["playing"] is True
    in_step(api, *windows)
    before = player(api)["entry_id"]
    act("next")
    assert player(api)["entry_id"] != before
    in_step(api, *windows)
    operator.close()


@unless_noisy()
def test_the_buttons_of_the_page_move_both(api: httpx.Client, windows: tuple[Window, Window]) -> None:
    """The host's buttons move every window."""
    alice, _bob = windows
    press(alice, r"pause", lambda: player(api)["playing"] is False)
    paused(api, *windows)
    press(alice, r"play", lambda: player(api)["playing"] is True)
    in_step(api, *windows)
    before = player(api)["entry_id"]
    press(alice, r"next", lambda: player(api)["entry_id"] != before)
    in_step(api, *windows)
    press(alice, r"previous", lambda: player(api)["entry_id"] == before)
    in_step(api, *windows)


def press(window: Window, name: str, worked: Callable[[], bool]) -> None:
    """Click the visible button whose name begins with ``name``."""
    window.page.get_by_role("button", name=re.compile(rf"^{name}", re.IGNORECASE)).locator("visible=true").first.click()
    until(worked, f"pressing {name} did nothing")
