"""Environment variables: what is understood, and the sentence for what is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from musicrooms.accounts.openid import providers
from musicrooms.backends.redis import redis_hosts
from musicrooms.environment import Environment, api_key, host_names, origin
from musicrooms.languages.catalogues import languages_in
from tools.server import ROOT, environment


def problems(env: Environment) -> list[str]:
    try:
        env.check()
    except ImproperlyConfigured as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1", True),
        ("true", True),
        ("Yes", True),
        ("ON", True),
        ("0", False),
        ("no", False),
        ("False", False),
        ("", True),
    ],
)
def test_a_flag_is_a_word_for_yes_or_no_and_its_default_where_it_is_empty(text: str, read: bool) -> None:
    env = Environment({"HTTPS": text})
    assert env.flag("HTTPS", default=True) is read
    assert problems(env) == []


def test_a_flag_that_is_neither_is_refused_and_not_taken_for_no() -> None:
    env = Environment({"HTTPS": "ture"})
    env.flag("HTTPS", default=False)
    assert problems(env) == [
        "HTTPS is “ture”; it is 1 for yes or 0 for no, and true, yes, on, false, no, off mean the same."
    ]


@pytest.mark.parametrize("text", ["abc", "-1", "1.5", "１２", "1e3", "9" * 30])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    env = Environment({"MAX_QUEUE": text})
    assert env.count("MAX_QUEUE", 7) == 7
    assert problems(env) == [f"MAX_QUEUE is “{text}”; it is a number from 1 on."]


def test_a_limit_may_be_nought_and_a_count_may_not() -> None:
    env = Environment({"MAX_STREAMS_PER_ROOM": "0", "WORKERS": "0"})
    assert env.limit("MAX_STREAMS_PER_ROOM", 5) == 0
    env.count("WORKERS", 1)
    assert problems(env) == ["WORKERS is “0”; it is a number from 1 on."]


@pytest.mark.parametrize("text", ["localhost:6379", "http://localhost", "redis://", "redis://a,localhost"])
def test_a_redis_without_its_scheme_is_refused(text: str) -> None:
    env = Environment({"REDIS_URL": text})
    env.url("REDIS_URL", "", ("redis", "rediss", "unix"))
    assert len(problems(env)) == 1
    assert "begins with redis:// or rediss:// or unix://" in problems(env)[0]


def test_a_redis_at_an_impossible_port_or_in_a_database_without_a_number_is_refused() -> None:
    env = Environment({"REDIS_URL": "redis://localhost:99999/0"})
    env.url("REDIS_URL", "", ("redis",))
    assert problems(env) == ["REDIS_URL is “redis://localhost:99999/0”; a port is a number from 1 to 65535."]
    with pytest.raises(ImproperlyConfigured, match="names the database “rooms”"):
        redis_hosts("redis://localhost:6379/0,redis://localhost/rooms")


def test_a_password_in_a_wrong_url_is_not_repeated() -> None:
    env = Environment({"REDIS_URL": "http://user:secret@localhost"})
    env.url("REDIS_URL", "", ("redis",))
    assert "secret" not in problems(env)[0]


def test_several_redises_are_separated_by_commas() -> None:
    env = Environment({"REDIS_URL": "redis://a:6379,rediss://b:6379/1"})
    assert env.url("REDIS_URL", "", ("redis", "rediss")) == "redis://a:6379,rediss://b:6379/1"
    assert problems(env) == []


def test_a_level_is_understood_whatever_its_capitals() -> None:
    env = Environment({"LOG_LEVEL": "debug"})
    assert env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "WARNING")) == "DEBUG"
    assert problems(env) == []


def test_a_host_name_in_hangul_is_what_browsers_send() -> None:
    assert host_names("ALLOWED_HOSTS", ["노래방.kr", ".노래방.kr", "example.org", "*", "[::1]"]) == [
        "xn--o80b59ih8d.kr",
        ".xn--o80b59ih8d.kr",
        "example.org",
        "*",
        "[::1]",
    ]


@pytest.mark.parametrize(
    "text", ["rooms.example.org", "ftp://example.org", "https://", "https://example.org/path", "https://[::1"]
)
def test_an_origin_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="an origin is written as"):
        origin("STREAM_ORIGINS", text)


def test_a_new_folder_is_open_to_its_owner_alone(tmp_path: Path) -> None:
    env = Environment({"DATA_DIR": str(tmp_path / "new" / "data")})
    assert env.folder("DATA_DIR", tmp_path).stat().st_mode & 0o777 == 0o700
    assert problems(env) == []


def test_a_bracket_that_nothing_closes_is_refused_with_a_sentence() -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL names a host"):
        redis_hosts("redis://[::1:6379/0")
    with pytest.raises(ImproperlyConfigured, match="OIDC_ISSUER names a host"):
        providers("https://[::1", "id", "secret", "")


@pytest.mark.parametrize(("name", "content"), [("notes.po", 'msgid ""'), ("ko.po", "<<<<<<< ours")])
def test_a_file_that_holds_no_language_is_refused_with_a_sentence(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ImproperlyConfigured, match="holds no language"):
        languages_in(tmp_path)


WRONG = {
    "ALLOWED_HOSTS": "ü" * 70,
    "DATABASE_URL": "mysql://localhost/rooms",
    "HTTPS": "ture",
    "LOG_LEVEL": "loud",
    "MAX_QUEUE": "abc",
    "REDIS_URL": "localhost:6379",
    "SECRET_KEY": "a",
    "SERVER": "gunicorn",
    "TRUSTED_PROXIES": "proxy",
}


def test_all_that_is_wrong_is_told_at_once_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    wrong = {**WRONG, "DATA_DIR": str(tmp_path / "file" / "data")}
    refused = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", "0"],
        cwd=ROOT, env=environment(tmp_path, **wrong), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    lines = refused.stderr.splitlines()
    assert sorted(line.split(" ")[0] for line in lines) == sorted(wrong)
    assert refused.stdout == ""


def test_a_secret_key_that_was_emptied_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    refused = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "has 0 characters" in refused.stderr
    assert "restore it from a backup" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_new_database_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "contenttypes", "-v0"],
        cwd=ROOT, env=environment(tmp_path) | {"DATABASE_URL": ""}, timeout=120, check=True,
    )  # fmt: skip
    assert (tmp_path / "db.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_key_that_could_not_be_sent_is_refused_and_not_shown() -> None:
    assert api_key("YOUTUBE_API_KEY", "AIza_Sy-0") == "AIza_Sy-0"
    for text in ("AIza Sy", "AIza\nSy", "AIzä"):
        with pytest.raises(ImproperlyConfigured, match="YOUTUBE_API_KEY") as refusal:
            api_key("YOUTUBE_API_KEY", text)
        assert text not in str(refusal.value)
