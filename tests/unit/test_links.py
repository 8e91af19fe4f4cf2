"""What a pasted link is understood as, and what is refused."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from players.links import MAX_LENGTH, Link, LinkError, PlaylistLink, parse

ID = "dQw4w9WgXcQ"
LIST = "PLlounge0123456789abcdefghijklmnop"
LIST_URL = f"https://www.youtube.com/playlist?list={LIST}"
BLANK = " \t\n"


def video(text: str) -> Link:
    link = parse(text)
    assert isinstance(link, Link)
    return link


def refused(text: str, *, own_media: bool = False) -> str:
    """The message with which ``text`` is refused."""
    with pytest.raises(LinkError) as refusal:
        parse(text, own_media=own_media)
    return str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"http://youtube.com/watch?v={ID}",
        f"https://m.youtube.com/watch?v={ID}&pp=ygU",
        f"https://music.youtube.com/watch?v={ID}&list=RDAMVM{ID}",
        f"https://www.youtube.com/watch?feature=share&v={ID}&list={LIST}&index=3",
        f"https://www.youtube.com/watch/?v={ID}",
        f"https://www.youtube.com/watch/{ID}",
        f"https://youtu.be/{ID}",
        f"https://youtu.be/{ID}?si=abcDEF&feature=shared",
        f"https://www.youtu.be/{ID}/",
        f"https://www.youtube.com/shorts/{ID}?feature=share",
        f"https://www.youtube.com/live/{ID}",
        f"https://www.youtube.com/embed/{ID}?autoplay=1",
        f"https://www.youtube.com/v/{ID}&hl=en",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{ID}%26feature%3Dshare",
        f"https://www.youtube.com/attribution_link?u=https%3A%2F%2Fyoutu.be%2F{ID}",
        f"https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{ID}",
        f"https://www.youtube.com/watch%3Fv%3D{ID}",
        "https://www.youtube.com/watch?v=%64Qw4w9WgXcQ",
        f"https://www.youtube.com/watch?v={ID}&amp;feature=share",
        f"HTTPS://WWW.YOUTUBE.COM/watch?v={ID}",
        f"https://www.youtube.com:443/watch?v={ID}",
        f"https://www.youtube.com./watch?v={ID}",
        f"youtube.com/watch?v={ID}",
        f"www.youtube.com/shorts/{ID}",
        f"youtu.be/{ID}",
        f"Youtu.be/{ID}",
        f"//youtube.com/watch?v={ID}",
        f"  https://youtu.be/{ID}\r\n",
        f"\ufeffhttps://youtu.be/{ID}\u200b",
    ],
)
def test_every_form_of_a_youtube_address_names_the_same_video(text: str) -> None:
    assert parse(text) == Link(
        provider="youtube",
        media_id=ID,
        url=f"https://www.youtube.com/watch?v={ID}",
        start_ms=None,
        end_ms=None,
        kind="video",
        title="",
    )


@pytest.mark.parametrize(
    ("moment", "start_ms"),
    [
        ("?t=90", 90_000),
        ("?t=90s", 90_000),
        ("?t=1m30s", 90_000),
        ("?t=1M30S", 90_000),
        ("?t=1h2m3s", 3_723_000),
        ("?t=2h", 7_200_000),
        ("?t=1:30", 90_000),
        ("?t=1:02:03", 3_723_000),
        ("?t=1.5", 1_500),
        ("?start=90", 90_000),
        ("?time_continue=90", 90_000),
        ("?t=later&start=90", 90_000),
        ("?si=x&amp;t=90", 90_000),
        ("?si=x?t=90", 90_000),
        ("#t=90", 90_000),
        ("#t=1m30s", 90_000),
        ("?t=0", None),
        ("?t=", None),
        ("?t=-5", None),
        ("?t=90ms", None),
        ("?t=soon", None),
        ("?t=" + "9" * 500, None),
        ("?t=999999999h", None),
        ("?t=\u0669", None),
    ],
)
def test_a_youtube_link_starts_where_it_says(moment: str, start_ms: int | None) -> None:
    assert video(f"https://youtu.be/{ID}{moment}").start_ms == start_ms


@pytest.mark.parametrize(
    ("moments", "span"),
    [
        ("?start=10&end=20", (10_000, 20_000)),
        ("?end=20", (None, 20_000)),
        ("?start=20&end=20", (20_000, None)),
        ("?start=30&end=20", (30_000, None)),
        ("#t=10,20", (10_000, 20_000)),
    ],
)
def test_an_end_that_leaves_nothing_to_play_is_ignored(moments: str, span: tuple[int | None, int | None]) -> None:
    link = video(f"https://youtu.be/{ID}{moments}")
    assert (link.start_ms, link.end_ms) == span


@pytest.mark.parametrize(
    "text",
    [
        f"https://www.youtube.com/playlist?list={LIST}",
        f"https://music.youtube.com/playlist?list={LIST}&si=x",
        f"https://www.youtube.com/watch?list={LIST}",
        f"https://www.youtube.com/embed/videoseries?list={LIST}",
        f"youtube.com/playlist?list={LIST}",
    ],
)
def test_a_link_with_only_a_list_is_a_playlist(text: str) -> None:
    assert parse(text) == PlaylistLink(LIST, f"https://www.youtube.com/playlist?list={LIST}")


@pytest.mark.parametrize("playlist_id", [f"RD{ID}", "RDAMVMabc", "RDCLAK5uy_abc"])
def test_a_mix_is_refused_as_a_mix(playlist_id: str) -> None:
    message = refused(f"https://www.youtube.com/playlist?list={playlist_id}")
    assert playlist_id in message
    assert "mix" in message


@pytest.mark.parametrize("playlist_id", ["WL", "LL", "LM"])
def test_a_list_that_only_its_owner_sees_is_refused(playlist_id: str) -> None:
    assert "only its owner" in refused(f"https://www.youtube.com/playlist?list={playlist_id}")


@pytest.mark.parametrize("playlist_id", ["PL%2F..", "PL%3Cb%3E", "P" * 65])
def test_a_playlist_id_of_other_characters_or_too_long_is_refused(playlist_id: str) -> None:
    assert "not the id of a playlist" in refused(f"https://www.youtube.com/playlist?list={playlist_id}")


@pytest.mark.parametrize(
    "text",
    [
        "https://www.youtube.com",
        "https://www.youtube.com/",
        "youtu.be",
        "https://youtu.be/",
        "https://www.youtube.com/@alice",
        "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
        "https://www.youtube.com/c/alice",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/watch?v=",
        "https://www.youtube.com/playlist",
        "https://www.youtube.com/results?search_query=dusk",
        "https://www.youtube.com/embed/live_stream?channel=UCabc",
        "https://studio.youtube.com/",
        "https://www.youtube.com/attribution_link?a=x",
        f"https://www.youtube.com/attribution_link?u=https%3A%2F%2Fevil.example%2Fwatch%3Fv%3D{ID}",
        f"https://www.youtube.com/attribution_link?u=%2Fwatch%3Fv%3D{ID}%0D%0A",
    ],
)
def test_a_youtube_address_without_a_video_is_refused(text: str) -> None:
    assert "is on YouTube but names no video" in refused(text)


@pytest.mark.parametrize("media_id", ["short", ID + "x", "dQw4w9WgXc!", "dQw4w9WgXc%0A", "dQw4w9WgXc\u00e9"])
def test_a_video_id_of_the_wrong_form_is_refused(media_id: str) -> None:
    for text in (f"https://youtu.be/{media_id}", f"https://www.youtube.com/watch?v={media_id}"):
        assert "not the id of a YouTube video" in refused(text)


@pytest.mark.parametrize(
    "host", ["youtube.com.evil.example", "notyoutube.com", "youtu.be.evil.example", "xn--yutube-wqf.com"]
)
def test_a_host_that_looks_like_youtube_is_an_ordinary_host(host: str) -> None:
    link = video(f"https://{host}/watch?v={ID}")
    assert (link.provider, link.media_id) == ("direct", f"https://{host}/watch?v={ID}")


def test_a_cyrillic_look_alike_is_shown_as_what_it_is() -> None:
    assert video("https://y\u043eutube.com/a.mp3").media_id.startswith("https://xn--")


def test_a_direct_link_is_known_by_its_address() -> None:
    assert parse("https://example.org/music/Night_drive%20one.mp3?key=1") == Link(
        provider="direct",
        media_id="https://example.org/music/Night_drive%20one.mp3?key=1",
        url="https://example.org/music/Night_drive%20one.mp3?key=1",
        start_ms=None,
        end_ms=None,
        kind="audio",
        title="Night drive one",
    )


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("HTTP://EXAMPLE.ORG/A.mp3", "http://example.org/A.mp3"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org?a=1", "https://example.org/?a=1"),
        ("https://example.org:443/a.mp3", "https://example.org/a.mp3"),
        ("http://example.org:80/a.mp3", "http://example.org/a.mp3"),
        ("http://example.org:/a.mp3", "http://example.org/a.mp3"),
        ("http://example.org:08000/a.mp3", "http://example.org:8000/a.mp3"),
        ("https://example.org:80/a.mp3", "https://example.org:80/a.mp3"),
        ("https://example.org./a.mp3", "https://example.org/a.mp3"),
        ("https://example.org/a.mp3#t=10", "https://example.org/a.mp3"),
        ("https://example.org/a.mp3?", "https://example.org/a.mp3"),
        ("https://example.org/밤.mp3", "https://example.org/%EB%B0%A4.mp3"),
        ("https://example.org/%EB%B0%A4.mp3", "https://example.org/%EB%B0%A4.mp3"),
        ("https://example.org/a.mp3?q=밤", "https://example.org/a.mp3?q=%EB%B0%A4"),
        ('https://example.org/"<b>.mp3', "https://example.org/%22%3Cb%3E.mp3"),
        ("https://bücher.example/a.mp3", "https://xn--bcher-kva.example/a.mp3"),
        ("https://BÜCHER.Example。/a.mp3", "https://xn--bcher-kva.example/a.mp3"),
        ("https://faß.example/a.mp3", "https://xn--fa-hia.example/a.mp3"),
        ("https://under_score.example/a.mp3", "https://under_score.example/a.mp3"),
        ("http://localhost:8000/a.mp3", "http://localhost:8000/a.mp3"),
        ("http://192.168.1.9/a.mp3", "http://192.168.1.9/a.mp3"),
        ("http://[0:0::1]:8000/a.mp3", "http://[::1]:8000/a.mp3"),
        ("http://[::ffff:1.2.3.4]/a.mp3", "http://[::ffff:102:304]/a.mp3"),
        ("https://exa%6Dple.org/a.mp3", "https://example.org/a.mp3"),
        ("http://0x7f.1/a.mp3", "http://127.0.0.1/a.mp3"),
        ("http://127.0.0.01/a.mp3", "http://127.0.0.1/a.mp3"),
        ("http://1/a.mp3", "http://0.0.0.1/a.mp3"),
        ("https://example.org/b/../%2e/a.mp3", "https://example.org/a.mp3"),
        (r"https://example.org/b\a.mp3", "https://example.org/b/a.mp3"),
        ("https://example.org/a|b.mp3?key={1}^'", "https://example.org/a|b.mp3?key={1}^%27"),
    ],
)
def test_two_ways_to_write_an_address_are_one(text: str, normalised: str) -> None:
    link = video(text)
    assert (link.media_id, link.url) == (normalised, normalised)
    assert video(normalised).media_id == normalised


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mp3", "audio"),
        ("a.FLAC", "audio"),
        ("a.wav?x=.mp4", "audio"),
        ("a.mp4", "video"),
        ("a.webm#t=3", "video"),
        ("a.pdf", "unknown"),
        ("a.m3u8", "unknown"),
        ("stream", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_ending_of_the_file_says_what_kind_it_is(name: str, kind: str) -> None:
    assert video(f"https://example.org/{name}").kind == kind


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/Night_drive.mp3", "Night drive"),
        ("/%EB%B0%A4.ogg", "밤"),
        ("/Take%201.5", "Take 1.5"),
        ("/live.2024.flac", "live.2024"),
        ("/radio/", "radio"),
        ("/.mp3", ".mp3"),
        ("", "example.org"),
        ("/", "example.org"),
        ("/___.mp3", "example.org"),
        ("/a%00b%0D%0Ac.mp3", "a b c"),
        ("/%E2%80%AEgpj.mp3", "gpj"),
        ("/%ED%A0%80.mp3", "\ufffd\ufffd\ufffd"),
        ("/" + "a" * 400, "a" * 300),
        ("/Night_radio/playlist.m3u8", "Night radio"),
        ("/master.m3u8", "example.org"),
        ("/Night%20radio.m3u8", "Night radio"),
    ],
)
def test_the_title_is_guessed_from_the_name_of_the_file(path: str, title: str) -> None:
    assert video("https://example.org" + path).title == title


@pytest.mark.parametrize(
    ("fragment", "span"),
    [
        ("t=10,20", (10_000, 20_000)),
        ("t=10", (10_000, None)),
        ("t=,20", (None, 20_000)),
        ("t=0,20", (None, 20_000)),
        ("t=npt:1:30,2:00", (90_000, 120_000)),
        ("t=10.25,20.5", (10_250, 20_500)),
        ("t=20,10", (20_000, None)),
        ("track=1&t=10", (10_000, None)),
        ("chapter", (None, None)),
    ],
)
def test_a_media_fragment_trims_a_direct_link(fragment: str, span: tuple[int | None, int | None]) -> None:
    link = video(f"https://example.org/a.mp3#{fragment}")
    assert (link.start_ms, link.end_ms) == span


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JavaScript://example.org/%0Aalert(1)",
        "data:audio/wav;base64,AAAA",
        "file:///etc/passwd",
        "blob:https://example.org/1",
        "ftp://example.org/a.mp3",
        "example.org/a.mp3",
        "notyoutube.com/watch?v=x",
        "//example.org/a.mp3",
        "/media/demo/dusk.mp3",
        "https:example.org",
        "https:/example.org/a.mp3",
        "https:///a.mp3",
        "https://",
        "dusk",
        "youtube.com:secret@evil.example/a.mp3",
    ],
)
def test_only_absolute_http_and_https_addresses_are_allowed(text: str) -> None:
    message = refused(text)
    assert text[:79] in message
    assert "https://" in message


@pytest.mark.parametrize(
    "host",
    [
        "[", "[::1", "[::1]x", "[::1%25eth0]", "[1.2.3.4]", "::1", ".", "..", "a..b", "-a.example",
        "a-.example", "a" * 64 + ".example", "a." * 127 + "example", "exa%2Eple%00.org", "a<b", 'a"b', "a\\b",
        "1.2.3.4.5", "256.1.1.1", "0x7g.1", "\u2100.example", "\u00ad", "xn--\u00e9",
        "a:b:80", "a:8x",
    ],
)  # fmt: skip
def test_a_host_that_is_none_is_refused(host: str) -> None:
    assert "not a valid host" in refused(f"http://{host}/a.mp3")


@pytest.mark.parametrize("port", ["0", "65536", "99999", "123456", "9" * 1_500])
def test_a_port_out_of_range_is_refused(port: str) -> None:
    assert "allowed is 1 to 65535" in refused(f"http://example.org:{port}/a.mp3")


@pytest.mark.parametrize(
    "text",
    [
        "https://alice:secret@example.org/a.mp3",
        "https://secret@example.org/a.mp3",
        f"https://alice:secret@youtube.com/watch?v={ID}",
        "https://youtube.com@secret@example.org/",
        "https://secret\\@youtube.com/",
    ],
)
def test_a_password_is_refused_and_not_repeated(text: str) -> None:
    message = refused(text)
    assert "user name or password" in message
    assert "secret" not in message


@pytest.mark.parametrize("text", ["", BLANK, "\ufeff"])
def test_nothing_is_not_a_link(text: str) -> None:
    assert "is not a link" in refused(text)


@pytest.mark.parametrize(
    "inside", [" ", "\t", "\n", "\r\n", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u3000", "\u202e", "\ud800"]
)
def test_an_invisible_character_inside_is_refused(inside: str) -> None:
    for text in (f"https://example.org/a{inside}b.mp3", f"https://you{inside}tube.com/watch?v={ID}"):
        assert "inside" in refused(text)


def test_a_link_has_at_most_2000_characters_also_when_encoded() -> None:
    start = "https://example.org/"
    longest = start + "a" * (MAX_LENGTH - len(start))
    assert video(longest).media_id == longest
    assert "2,001 characters" in refused(longest + "a")
    assert "characters" in refused(start + "밤" * 300)


def test_a_message_shows_at_most_80_characters_of_a_link() -> None:
    message = refused("ftp://" + "a" * 1_000)
    assert "ftp://" + "a" * 73 + "…" in message
    assert "a" * 74 not in message


def test_a_path_of_this_server_is_for_trusted_callers_only() -> None:
    link = parse("/media/demo/dusk_one.mp3#t=3", own_media=True)
    path = "/media/demo/dusk_one.mp3"
    assert link == Link("direct", path, path, 3_000, None, kind="audio", title="dusk one")
    assert "cannot be played" in refused(path)
    assert video("https://example.org/a.mp3") == parse("https://example.org/a.mp3", own_media=True)


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "/media/",
        "/media/../a.wav",
        "/media/%2e%2e/a.wav",
        "/./a.wav",
        "/a//b.wav",
        "/%5Cevil.example/a.wav",
    ],
)
def test_a_path_of_this_server_has_no_dots_and_no_gaps(text: str) -> None:
    assert "not the path of a file" in refused(text, own_media=True)


@pytest.mark.parametrize("text", ["//evil.example/a.wav", "media/a.wav", "///a.wav"])
def test_a_path_of_this_server_begins_with_one_slash(text: str) -> None:
    assert "cannot be played" in refused(text, own_media=True)


GOOD = [
    "http://", "https://", "HTTP:", "//", "/", ":", "?", "#", "&", "=", "%2F", ",", ".", "-", "_", "::1",
    "[::1]", "é", "밤", "🎵", "youtube.com", "www.youtube.com", "youtu.be/", "youtube-nocookie.com",
    "example.org/", "127.0.0.1", ":80", "watch", "?v=", ID, "&list=", LIST, "t=", "1h2m3s", "1:30", "shorts/",
    "embed/", "a.mp3", "&amp;", "/media/",
]  # fmt: skip
NASTY = [
    "ftp://", "javascript:", "\\", "@", "%", "%00", "%0A", "%ED%A0%80", "%zz", "%3A%2F%2F", "..", "[", "]",
    "%eth0", " ", "\t", "\n", "\r", "\0", "\x1f", "\x7f", "\x85", "\u00a0", "\u2028", "\u202e", "\u200b",
    "\ufeff", "\ud800", "\udfff", "\U0010ffff", "ß", "\u2100", "\u3002", "\uff0e", "\uff1a", "\u0130",
    "\u00ad", "\u0669", "\u05d0", "\u0301", "xn--", "0x", "9" * 8, "9" * 5_000, "RD", "videoseries",
    "attribution_link?u=", "a" * 70, "a." * 130, "밤" * 200, '"', "<",
]  # fmt: skip
STARTS = ["", "http://", "https://", "https://example.org/", "https://youtube.com/", "https://youtu.be/", "/"]


def nasty_texts(number: int) -> Iterator[str]:
    """The same ``number`` of texts on every run: pieces of links, with some that belong in none."""
    chance = random.Random(20_240_607)
    for _ in range(number):
        pieces = chance.choices(GOOD, k=chance.randint(0, 6)) + chance.choices(NASTY, k=chance.randint(0, 2))
        chance.shuffle(pieces)
        yield chance.choice(STARTS) + "".join(pieces)


def test_no_text_raises_anything_but_a_link_error() -> None:
    understood = sum(keeps_its_promises(text) for text in nasty_texts(20_000))
    assert 2_000 < understood < 18_000, "the texts should be links and others"


def test_no_single_character_raises_anything_but_a_link_error() -> None:
    for code in [*range(0x3000), *range(0xD7F0, 0xE010), *range(0xFE00, 0x10010), 0x1F3B5, 0x10FFFF]:
        for text in (f"http://a{chr(code)}b/", f"http://a/{chr(code)}", f"https://youtu.be/{chr(code)}"):
            keeps_its_promises(text)


def keeps_its_promises(text: str) -> bool:
    """Whether ``text`` is a link; what is promised of every link and of every message is checked."""
    try:
        link = parse(text, own_media=True)
    except LinkError as error:
        check_message(str(error))
        return False
    check_url(link.url)
    if isinstance(link, Link):
        check_link(link)
    return True


def check_message(message: str) -> None:
    message.encode()
    assert message.isprintable()
    assert len(message) < 250


def check_url(url: str) -> None:
    assert url.isascii()
    assert url.isprintable()
    assert not set(url) & set(' "<>')
    assert not set(url.partition("?")[0]) & set("\\^`{}")
    assert url.startswith(("http://", "https://", "/"))
    assert not url.startswith("//")
    assert parse(url, own_media=True).url == url


def check_link(link: Link) -> None:
    assert len(link.media_id) <= MAX_LENGTH
    link.title.encode()
    assert len(link.title) <= 300
    assert link.title == " ".join(link.title.split())
    assert link.end_ms is None or (link.start_ms or 0) < link.end_ms


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        "," * 500_000, "," * 500_000 + "a", ",a" * 250_000,
        "a." * 250_000, " ," * 250_000, "a" * 500_000, "\u200b" * 500_000,
        "http://" + ":1" * 900, "http://" + "a." * 900, "http://" + "é" * 1_900, "https://" + "[" * 1_900,
        "http://a/#t=" + "1:" * 900, "http://a/#" + "t=1&" * 450, "https://youtu.be/" + "/?&" * 600,
    ],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    keeps_its_promises(text)
