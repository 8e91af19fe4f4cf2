"""The laboratory measures what it says: its proxy delays and never reorders, its arithmetic is right, and it runs."""

from __future__ import annotations

import math
import random
import re
import socket
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as File

import pytest

from bench.laboratory import page, score, tones
from bench.laboratory.cases.boundary import gap_ms, silence_ms
from bench.laboratory.heads import Heads
from bench.laboratory.network import Path, Way
from bench.laboratory.plot import Chart, svg, thinned
from bench.laboratory.proxy import Network
from bench.laboratory.record import Record
from bench.laboratory.reference import Zero, zero_of
from bench.laboratory.told import Told
from bench.output.result import Bar, Result

# The proxy


@pytest.mark.parametrize(("up_ms", "down_ms"), [(80, 0), (0, 80), (30, 120)])
def test_each_way_takes_its_own_time(up_ms: float, down_ms: float) -> None:
    """How much longer it takes on a busy machine says nothing about the proxy."""
    with an_echo() as (url, arrivals), Network() as network:
        proxy = network.proxy(url, Path(Way(up_ms), Way(down_ms)))
        with connected(proxy.url) as client:
            client.sendall(b"x")
            assert client.recv(1) == b"x"  # the connection itself took a round trip
            arrivals.clear()
            sent_at = time.monotonic()
            client.sendall(b"x")
            assert client.recv(1) == b"x"
            back_s, there_s = time.monotonic() - sent_at, arrivals[0] - sent_at
        proxy.close()
    assert there_s >= up_ms / 1000
    assert back_s - there_s >= down_ms / 1000 - 0.001


def test_a_new_connection_takes_a_round_trip_more() -> None:
    with an_echo() as (url, _arrivals), Network() as network:
        proxy = network.proxy(url, Path.even(100))
        opened_at = time.monotonic()
        with connected(proxy.url) as client:
            client.sendall(b"x")
            client.recv(1)
            assert time.monotonic() - opened_at >= 0.2
        proxy.close()


def test_jitter_and_losses_keep_the_order_of_bytes() -> None:
    way = Way(1, jitter_ms=20, lost_share=0.2, resent_after_ms=(20, 60))
    sent = random.Random(1).randbytes(200_000)
    with an_echo() as (url, _arrivals), Network() as network:
        proxy = network.proxy(url, Path(way, way), seed=3)
        with connected(proxy.url) as client:
            received = bytearray()
            reading = threading.Thread(target=lambda: receive(client, received, len(sent)))
            reading.start()
            for start in range(0, len(sent), 4_000):
                client.sendall(sent[start : start + 4_000])
                time.sleep(0.001)
            reading.join(20)
        proxy.close()
    assert bytes(received) == sent


def test_a_slow_reader_holds_up_its_sender_and_loses_nothing() -> None:
    sent = random.Random(2).randbytes(8_000_000) * 3  # more than the kernel's buffers on the way grow to
    with an_echo() as (url, _arrivals), Network() as network:
        proxy = network.proxy(url, Path.even(10))
        with connected(proxy.url) as client:
            received = bytearray()
            sending = threading.Thread(target=client.sendall, args=(sent,))
            sending.start()
            sending.join(0.2)
            assert sending.is_alive()  # more was sent than is on the way
            receive(client, received, len(sent))
            sending.join(20)
        proxy.close()
    assert bytes(received) == sent


def test_the_same_seed_draws_the_same_delays() -> None:
    way = Way(10, jitter_ms=40, lost_share=0.1)
    one, two, other = ([way.draw_s(random.Random(seed)) for _ in range(20)] for seed in (5, 5, 6))
    assert one == two != other


def test_delays_stay_within_their_bounds() -> None:
    source = random.Random(7)
    drawn = [Way(10, jitter_ms=40).draw_s(source) for _ in range(1_000)]
    assert 0.010 <= min(drawn) < 0.012
    assert 0.048 < max(drawn) <= 0.050


def test_requests_are_counted_however_they_are_cut() -> None:
    sent = (
        b"GET /api/v1/time HTTP/1.1\r\nHost: a\r\n\r\n"
        b"POST /hint HTTP/1.1\r\ncontent-length: 29\r\n\r\nGET /no HTTP/1.1\r\n\r\n GET / HT"
        b"GET /events HTTP/1.1\r\n\r\n"
    )
    for size in (1, 7, len(sent)):
        found: list[tuple[str, str]] = []
        heads = Heads(lambda method, target, found=found: found.append((method, target)))  # type: ignore[misc]
        for start in range(0, len(sent), size):
            heads.read(sent[start : start + size])
        assert found == [("GET", "/api/v1/time"), ("POST", "/hint"), ("GET", "/events")]


# The clock


def test_a_page_s_clock_is_found_within_the_bounds_that_are_told() -> None:
    source = random.Random(1)
    began = time.perf_counter()

    def ask_ms() -> float:
        time.sleep(source.uniform(0, 0.004))
        told = (time.perf_counter() - began) * 1000
        time.sleep(source.uniform(0, 0.004))
        return told

    zero = zero_of(ask_ms, trips=30)
    assert abs(zero.at_s - began) <= zero.error_s + 0.0001
    assert zero.error_s < 0.003


# The arithmetic


def test_positions_are_read_between_two_samples() -> None:
    record = recorded([(1_000, 5_000, True), (1_100, 5_100, True)])
    reading = record.read("a", 11.05)
    assert reading is not None
    assert (round(reading.position_ms), reading.moves) == (5_050, True)


def test_nothing_is_known_before_after_or_in_a_hole() -> None:
    record = recorded([(1_000, 5_000, True), (1_100, 5_100, True), (3_000, 7_000, True)])
    assert [record.read("a", at_s) for at_s in (10.9, 12.0, 14.0)] == [None, None, None]
    assert record.read("b", 11.05) is None


def test_the_spread_is_from_the_first_to_the_last() -> None:
    records = [playing(0), playing(12), playing(-8)]
    found = score.moments(records, [told()], 12, 14)
    assert {round(moment.spread_ms, 3) for moment in found} == {20}
    assert [round(error or 0) for error in found[0].errors] == [0, 12, -8]


def test_whoever_plays_something_else_is_out_of_step() -> None:
    silent = recorded([(ms, 5_000, False) for ms in range(0, 5_000, 100)])
    found = score.moments([playing(0), silent], [told()], 12, 13)
    assert {moment.spread_ms for moment in found} == {math.inf}


def test_the_time_after_an_action_is_not_steady() -> None:
    states = [told(), told(since_s=13, position_ms=3_000)]
    found = score.moments([playing(0)], states, 12, 16)
    assert [m.at_s for m in score.steady(found) if 13 <= m.at_s < 13 + score.SETTLES_WITHIN_S - 0.01] == []
    assert max(m.at_s for m in score.steady(found)) > 15


def test_an_action_settles_when_all_stay_in_step() -> None:
    late = recorded([(ms, ms + (200 if ms < 3_000 else 10), True) for ms in range(0, 9_000, 50)])
    state = told(since_s=12, position_ms=2_000)
    found = score.moments([playing(0, 9_000), late], [state], 12, 18)
    assert score.settled_after_s(found, state, 50) == pytest.approx(1.0, abs=0.11)
    assert score.settled_after_s(found, state, 5) == math.inf


def test_whoever_waits_for_the_start_has_not_settled_yet() -> None:
    state = Told("play", 12, "a", True, 4_000, 1, 14)
    waiting = [
        recorded([(ms, 4_000 + max(0, ms - 4_000) * speed, ms > 4_000) for ms in range(0, 9_000, 50)])
        for speed in (1, 2)
    ]
    assert score.settled_after_s(score.moments(waiting, [state], 12, 18), state, 50) == math.inf


def test_a_late_joiner_arrives_when_they_stay_near_the_others() -> None:
    late = recorded([(ms, ms + (200 if ms < 4_000 else 10), True) for ms in range(0, 9_000, 50)])
    found = score.moments([playing(0, 9_000), playing(4, 9_000), late], [told()], 12, 18)
    assert score.arrived_after_s(found, 2, 12, 50) == pytest.approx(2.0, abs=0.11)


def test_the_error_of_samples_is_their_distance_from_a_line() -> None:
    even = recorded([(ms, ms + (3 if ms % 100 else -3), True) for ms in range(0, 4_000, 50)]).samples["a"]
    assert {round(error) for error in score.scatter_ms(even)} == {3}
    jumping = recorded([(ms, ms + (500 if ms > 1_000 else 0), True) for ms in range(0, 2_000, 50)]).samples["a"]
    assert score.scatter_ms(jumping) == []


def test_a_gap_is_what_lies_between_two_tracks() -> None:
    record = recorded([(ms, min(ms, 2_000), ms <= 2_000) for ms in range(0, 3_000, 5)])
    # At first a browser tells of a sound that it has not put out yet.
    late = [(ms, 15.0 if ms < 2_055 else ms - 2_040, True) for ms in range(2_010, 4_000, 5)]
    record.samples["b"] = recorded([(2_005, 0, True), *late]).samples["a"]
    assert gap_ms(record, told(), told(source="b", since_s=12)) == pytest.approx(40, abs=6)


def test_silence_is_what_nobody_hears() -> None:
    levels = [(10 + n / 200, 0.0 if 100 <= n < 110 or n == 150 else 0.2) for n in range(400)]
    assert silence_ms(levels, 10.9) == pytest.approx(45, abs=1)
    assert silence_ms(levels, 11.9) == 0
    assert silence_ms([], 11) == math.inf


def test_a_tone_lasts_as_long_as_it_says(tmp_path: File) -> None:
    tones.write(tmp_path / "tone.wav", 1.5, 440)
    assert (tmp_path / "tone.wav").stat().st_size == 44 + 2 * round(1.5 * tones.RATE)


# What is shown


def test_a_plot_is_well_formed_and_keeps_its_extremes() -> None:
    points = [(n / 10, math.sin(n / 50) * 100) for n in range(5_000)] + [(500.0, 900.0), (500.1, math.inf)]
    kept = thinned(points)
    assert len(kept) < 500
    assert (500.0, 900.0) in kept
    text = svg([Chart("a < b", lines={"one": points, "two": [(0, 1), (500, 2)]}, marks=[3], limit=30, dots=[(4, 5)])])
    assert len(text) < 20_000
    assert "inf" not in text
    assert ET.fromstring(text).tag.endswith("svg")


def test_the_page_tells_every_figure_and_what_was_not_met() -> None:
    machine = {"cpu": "Abacus", "cores": 1, "kernel": "1.0", "python": "3.11", "packages": {}, "day": "2026-01-01"}
    bars = [Bar("direct: spread, p95, ms", 41.0, 30), Bar("direct: corrective seeks", 0, 0)]
    text = page.text(
        [Result("sync", "uvicorn", [], [{"case": "direct", "p95 ms": 41.0}], bars, machine)], {"sync-direct.svg"}
    )
    for part in ("Abacus", "| direct | 41.0 |", "**not met**: direct: spread", "1 of 2 bars are met"):
        assert part in text
    assert re.findall(r"pictures/([\w.-]+)", text) == ["sync-direct.svg"], "a plot that was not made is shown"


# What they are tried on


@contextmanager
def an_echo() -> Iterator[tuple[str, list[float]]]:
    """A server that sends back what it gets, and the instants at which it got something."""
    arrivals: list[float] = []

    def serve() -> None:
        connection = listening.accept()[0]
        with connection:
            while data := connection.recv(65_536):
                arrivals.append(time.monotonic())
                connection.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield "http://{}:{}".format(*listening.getsockname()), arrivals
        serving.join(5)


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client


def receive(client: socket.socket, into: bytearray, count: int) -> None:
    while len(into) < count and (data := client.recv(65_536)):
        into += data


def recorded(samples: list[tuple[float, float, bool]]) -> Record:
    """A record of the source “a” on a page whose clock began at 10 s."""
    rows = [[at_ms, "a", position_ms, moves, 1, False] for at_ms, position_ms, moves in samples]
    return Record.of("one", Zero(10, 0), {"samples": rows, "events": []})


def playing(ahead_ms: float, for_ms: int = 8_000) -> Record:
    """One who plays “a” from its beginning at 10 s, so far ahead."""
    return recorded([(ms, ms + ahead_ms, True) for ms in range(0, for_ms, 50)])


def told(source: str = "a", since_s: float = 10, position_ms: float = 0) -> Told:
    return Told("play", since_s, source, True, position_ms, 1, since_s)
