"""What DATABASE_URL may say, and the sentence where it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from musicrooms.backends.database import database

HERE = Path("/srv/musicrooms")


def test_without_a_url_it_is_a_file_in_the_data_folder() -> None:
    told = database("", HERE)
    assert (told["ENGINE"], told["NAME"]) == ("musicrooms.backends.sqlite", HERE / "db.sqlite3")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_url_names_user_password_host_port_and_database(scheme: str) -> None:
    told = database(f"{scheme}://alice:s%20p%40ss@db.example.org:6432/music?sslmode=require", HERE)
    names = ("USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert [told[name] for name in names] == ["alice", "s p@ss", "db.example.org", "6432", "music"]
    assert told["OPTIONS"]["sslmode"] == "require"


def test_a_socket_s_folder_is_a_host_too() -> None:
    assert database("postgres:///music?host=/run/postgresql", HERE)["HOST"] == "/run/postgresql"


def test_what_the_url_asks_for_goes_before_what_is_usual() -> None:
    told = database("postgres://db/music?options=-c%20lock_timeout%3D1s&connect_timeout=9", HERE)["OPTIONS"]
    assert (told["options"], told["connect_timeout"]) == ("-c lock_timeout=1s", "9")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://db/music", "begins with “mysql”"),
        ("music", "is no URL"),
        ("postgres://db", "names no database"),
        ("postgres://alice:s3cret@db:port/music", "the port “port”"),
        ("postgres://alice:s3cret@db:99999/music", "the port “99999”"),
        ("postgres://alice:s3cret%zz@db/music", "percent-encoded"),
        ("postgres://alice:s3cret@[::1/music", "IPv6"),
        ("postgres://alice:s3cret@db/music?colour=blue", "query parameter"),
        ("postgres://alice:s3cret@db/mu\0sic", "cannot be seen"),
    ],
)
def test_a_url_that_is_not_understood_is_refused_with_a_sentence(url: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        database(url, HERE)
    message = str(refused.value)
    assert said in message
    assert message.startswith("DATABASE_URL ")
    assert message.endswith(".")
    assert "s3cret" not in message
