"""Languages: what is said comes from a catalogue, each is complete, and whoever comes reads their own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from playwright.sync_api import Browser, Page, expect

from musicrooms.languages.catalogues import Language, catalogues_of, is_complete
from tests.support import patient
from tests.support.demo import demo_served
from tools.people import Lounge
from tools.server import ROOT, Server
from tools.texts import LANGUAGES, catalogue, updated

FILES = sorted(LANGUAGES.glob("*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"}

NAMES = {
    "Musicrooms", "YouTube", "September", "Earth, Wind & Fire", "Africa", "Toto", "Take On Me", "a-ha",
    "Last Light", "Open Window", "The Long Way Home",
}  # fmt: skip
"""What is called the same in every language."""

PSEUDO = "eo"
"""A language that Babel and Django know and nobody translated; the tests' one puts every text in brackets."""


# The catalogues


def test_every_language_is_up_to_date_with_the_code() -> None:
    assert FILES
    for path in FILES:
        assert updated(path.read_bytes()).decode() == path.read_text(), f"run bin/languages: {path.name} is not current"


def test_a_text_that_is_gone_or_new_makes_a_file_out_of_date() -> None:
    current = FILES[0].read_bytes()
    assert updated(current.replace(b'msgid "Mute"', b'msgid "Silence"')) != current


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_language_is_complete(path: Path) -> None:
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert [message.id for message in messages if not is_complete(message)] == []
    for message in messages:
        ids = [message.id] if isinstance(message.id, str) else message.id
        forms = [message.string] if isinstance(message.string, str) else message.string or ()
        for form in forms:
            # A form for one thing may leave the number out, as English itself does.
            assert set(PLACEHOLDER.findall(form)) in [set(PLACEHOLDER.findall(text)) for text in ids], message.id


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    in_the_way = tmp_path / "languages"
    in_the_way.write_text("no folder")
    folder = catalogues_of([Language(path) for path in FILES], in_the_way)
    assert (folder / FILES[0].stem / "LC_MESSAGES" / "django.mo").read_bytes()
    shutil.rmtree(folder)


# Texts outside of it


class Visible(HTMLParser):
    """The texts of a template that a person sees or hears."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_key = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_key = tag == "kbd"
        self.found += [value or "" for name, value in attrs if name in ("aria-label", "title", "placeholder", "alt")]

    def handle_data(self, data: str) -> None:
        # What stands on a key is no word.
        if not self._is_key:
            self.found.append(data)


def untranslated_in_template(text: str) -> list[str]:
    text = re.sub(r"\{#.*?#\}", "", text)
    for name, end in (
        ("comment", "endcomment"),
        ("blocktranslate", "endblocktranslate"),
        ("block body_class", "endblock"),
        ("block icon", "endblock"),
    ):
        text = re.sub(rf"\{{% {name}\b.*?%\}}.*?\{{% {end} %\}}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{% endblock %\}", "<hr>", text)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    texts = [found.strip(" \n·") for found in Visible(text).found]
    return [found for found in texts if re.search(r"[^\W\d_]", found) and found not in NAMES]


def test_templates_say_nothing_outside_of_the_catalogue() -> None:
    assert untranslated_in_template('<p>{% translate "Yes" %}</p><b title="No">{{ x }} at</b>') == ["No", "at"]
    found = {
        path.name: texts
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if (texts := untranslated_in_template(path.read_text()))
    }
    assert found == {}


SAID = re.compile(
    r"""(?:\.(?:textContent|title|placeholder|ariaLabel)\s*=\s*|\b(?:write|setLabel)\([^,()]*(?:\([^()]*\))?,\s*"""
    r"""|\bsay\(\s*|"aria-label",\s*)(?:[^;"`]*[?:]\s*)?(["`])([^"`]*)\1"""
)


def untranslated_in_script(text: str) -> list[str]:
    return [
        words
        for _quote, words in SAID.findall(text)
        if re.search(r"[^\W\d_]{2}", re.sub(r"\$\{[^}]*\}", "", words)) and words not in NAMES
    ]


def test_scripts_say_nothing_outside_of_the_catalogue() -> None:
    assert untranslated_in_script(
        'say("Hello"); write(a, `of ${b}`); setLabel(x, t("Yes")); a.textContent = "No";'
    ) == [
        "Hello",
        "of ${b}",
        "No",
    ]
    paths = sorted(ROOT.glob("*/static/*/page/**/*.js"))
    assert len(paths) > 30
    found = {path.name: texts for path in paths if (texts := untranslated_in_script(path.read_text()))}
    assert found == {}


def test_the_words_of_the_room_are_all_in_the_catalogue() -> None:
    text = (ROOT / "rooms" / "static" / "rooms" / "page" / "lib" / "words.js").read_text()
    outside = re.sub(r"\btn?\((?:[^()]|\([^()]*\))*\)|/\*.*?\*/|^import.*", "", text, flags=re.MULTILINE)
    assert [words for _quote, words in re.findall(r'(["`])([^"`]*)\1', outside) if re.search("[A-Z ]", words)] == [
        "right withdrawn"
    ]


# Rendered in brackets


def in_brackets() -> bytes:
    """A language in which every text that comes from the catalogue can be told from others."""
    told = Catalog(locale=PSEUDO)
    for message in catalogue():
        if message.id:
            forms = f"⟦{message.id}⟧" if isinstance(message.id, str) else tuple(f"⟦{text}⟧" for text in message.id)
            told.add(message.id, forms, locations=message.locations, context=message.context)
    file = BytesIO()
    write_po(file, told)
    return file.getvalue()


@pytest.fixture(scope="module")
def bracketed(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one more language, which is one more file."""
    folder = tmp_path_factory.mktemp("languages")
    for path in FILES:
        shutil.copy(path, folder)
    (folder / f"{PSEUDO}.po").write_bytes(in_brackets())
    with demo_served(prepared_demo, tmp_path_factory.mktemp("bracketed"), LANGUAGES_DIR=str(folder)) as server:
        yield server


SEEN = """() => {
  const silent = 'script, style, template, noscript'
  const own = `bdi, [dir="auto"], [lang]:not(html), kbd, .suggestion, .face, .tv-address, ${silent}`
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (!node.parentElement.closest(own)) texts.push(node.textContent)
  }
  for (const node of document.querySelectorAll('[aria-label], [title], [placeholder], img[alt]'))
    if (!node.closest('[lang]:not(html), .suggestion'))
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(node.getAttribute(name) ?? '')
  return texts
}"""
"""All texts, hidden ones too, but those that are names: they carry their own direction or language."""


def outside_of_brackets(page: Page, names: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    found = []
    for text in page.evaluate(SEEN):
        rest = text
        while rest != (rest := re.sub(r"⟦[^⟦⟧]*⟧", "", rest)):
            pass
        for name in NAMES | names:
            rest = rest.replace(name, "")
        if re.search(r"[^\W\d_]", rest):
            found.append(text.strip())
    return found


@pytest.fixture
def reader(browser: Browser, bracketed: Server) -> Iterator[Page]:
    context = browser.new_context(locale=PSEUDO, base_url=bracketed.url)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["/", "/join?code=nowhere", "/r/nowhere", "/offline", "/nowhere", "/r/lounge/overlay"])
def test_a_page_is_all_in_the_language_of_its_reader(reader: Page, path: str) -> None:
    reader.goto(path)
    expect(reader.locator("html")).to_have_attribute("lang", PSEUDO)
    reader.wait_for_load_state("networkidle")
    assert outside_of_brackets(reader, {"lounge"}) == []


@pytest.mark.parametrize("path", ["/r/lounge", "/r/lounge/tv", "/r/lounge/embed"])
def test_a_room_is_all_in_the_language_of_its_listener(reader: Page, path: str) -> None:
    reader.goto(path)
    expect(reader.locator('[data-part="connection"]').first).to_have_attribute("data-state", "live")
    queue = json.loads(reader.locator("#snapshot").text_content() or "")["queue"]
    titles = {entry["title"] for entry in queue}
    host = httpx.URL(reader.url)
    assert outside_of_brackets(reader, {*titles, f"{host.host}:{host.port}/r/lounge", "Lounge"}) == []


def test_what_scripts_say_after_a_deed_is_in_the_language_too(reader: Page) -> None:
    reader.goto("/")
    reader.get_by_role("textbox").first.fill("Brackets")
    reader.locator("form button[type=submit]").first.click()
    expect(reader.locator('[data-part="connection"]').first).to_have_attribute("data-state", "live")
    reader.locator('[data-part="share-button"]').click()
    reader.keyboard.press("Escape")
    reader.locator("#tab-people").click()
    reader.locator('[data-part="my-name"]').fill("Alice")
    reader.locator('[data-part="save-name"]').click()
    expect(reader.locator('[data-part="toasts"]')).to_contain_text("⟦")
    assert outside_of_brackets(reader, {"Brackets", "Alice"}) == []


# Who reads which


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.5", "ko"),
        ("en-GB", "en"),
        ("xx, tlh;q=0.5", "en"),
        ("en;q=0.2, ko;q=0.9", "ko"),
        ("", "en"),
    ],
)
def test_the_browser_chooses_and_english_is_what_is_left(server: Server, accepted: str, language: str) -> None:
    page = patient.get(server.url, headers={"Accept-Language": accepted})
    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert {"accept-language", "cookie"} <= {part.strip().lower() for part in page.headers["vary"].split(",")}
    assert ('id="words"' in page.text) is (language != "en")


def test_manifest_and_offline_page_are_in_the_language(server: Server) -> None:
    assert patient.get(f"{server.url}/manifest.webmanifest", headers=KOREAN).json()["lang"] == "ko"
    assert "연결 없음" in patient.get(f"{server.url}/offline", headers=KOREAN).text
    english, korean = (patient.get(f"{server.url}/sw.js", headers=told).text for told in ({}, KOREAN))
    assert english != korean, "a browser whose language changed keeps the page of the one before"


def test_the_admin_is_in_the_language(server: Server) -> None:
    assert 'lang="ko"' in patient.get(f"{server.url}/admin/login/", headers=KOREAN).text


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_reads_another_language_and_stays_where_they_are(
    browser: Browser, lounge: Lounge, scripts: bool
) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=scripts)
    page = context.new_page()
    try:
        page.goto(f"{lounge.server.url}/?search=x")
        page.get_by_role("button", name="한국어").click()
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        expect(page).to_have_url(f"{lounge.server.url}/?search=x")
        page.goto(f"{lounge.server.url}/r/nowhere")
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        page.goto(lounge.server.url)
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
    finally:
        context.close()


def test_korean_counts_in_a_browser(browser: Browser, demo: Server) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    try:
        page.goto(f"{demo.url}/r/lounge")
        expect(page.locator('[data-part="connection-text"]')).to_have_text(re.compile("실시간|일시정지됨"))
        page.goto(demo.url)
        expect(page.locator("body")).to_contain_text(re.compile(r"\d명"))
    finally:
        context.close()


# What Python answers


def test_a_refusal_is_in_the_language_of_who_asked(lounge: Lounge) -> None:
    answers = {
        language: lounge.charlie.post(
            f"{lounge.path}/queue", json={"url": "no link"}, headers={"Accept-Language": language}
        ).json()["error"]
        for language in ("en", "ko", "xx")
    }
    assert answers["en"] == answers["xx"]
    assert {answer["code"] for answer in answers.values()} == {answers["en"]["code"]}
    assert re.search("[가-힣]", answers["ko"]["message"])
    assert not re.search("[가-힣]", answers["en"]["message"])


def test_why_nobody_can_play_a_track_is_stored_and_told_in_english(lounge: Lounge) -> None:
    """The snapshot is the same bytes for all; the page of a Korean browser says it in Korean."""
    link = "https://media.example.org/gone.mp3"
    entry = lounge.add(link)
    lounge.server.sql("UPDATE players_track SET problem = %s WHERE media_id = %s", ("failed", link))
    korean = patient.get(f"{lounge.server.url}/api/v1{lounge.path}", headers=KOREAN).json()
    assert korean == patient.get(f"{lounge.server.url}/api/v1{lounge.path}").json() | {
        "server_now_ms": korean["server_now_ms"]
    }
    assert korean["queue"][0]["id"] == entry["id"]
    assert korean["queue"][0]["unplayable"] == "It could not be played by those who listened."
    shown = patient.get(f"{lounge.server.url}/r/{lounge.slug}", headers=KOREAN).text
    assert "듣던 사람들이 재생하지 못했어요." in shown
