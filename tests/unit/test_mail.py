"""The mail server from EMAIL_URL, and the sentence for what is none."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from musicrooms.accounts.mail import Mail, linked, mail, sender, verifies

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("", Mail()),
        ("smtp://mail.example.org", Mail(SMTP, "mail.example.org", 587, starts_tls=True)),
        ("smtp://a:p%40ss@mail.example.org:25?tls=0", Mail(SMTP, "mail.example.org", 25, "a", "p@ss")),
        ("smtps://a:b@[::1]/", Mail(SMTP, "::1", 465, "a", "b", is_tls=True)),
    ],
)
def test_a_mail_server_is_named_by_one_url(url: str, read: Mail) -> None:
    assert mail(url) == read


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://u:secret@h:x", "smtp://h/x"]
)
def test_what_is_no_mail_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL is .*it is written as smtp://") as refused:
        mail(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["rooms", "a@b\nBcc: c@d", "<>", "a@b, c@d"])
def test_a_sender_is_one_address(text: str) -> None:
    assert sender("EMAIL_FROM", "Rooms <a@example.org>") == "Rooms <a@example.org>"
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM is"):
        sender("EMAIL_FROM", text)


def test_addresses_are_verified_by_mail_alone() -> None:
    assert verifies("VERIFY_EMAIL", True, "smtp://mail.example.org")
    assert not verifies("VERIFY_EMAIL", False, "")
    with pytest.raises(ImproperlyConfigured, match="VERIFY_EMAIL is set, but no EMAIL_URL"):
        verifies("VERIFY_EMAIL", True, "")


def test_mail_is_sent_by_a_server_alone_that_knows_its_names() -> None:
    assert linked(["*"], "") == ["*"]
    assert linked(["rooms.example.org"], "smtp://mail.example.org") == ["rooms.example.org"]
    with pytest.raises(ImproperlyConfigured, match="set ALLOWED_HOSTS"):
        linked(["rooms.example.org", "*"], "smtp://mail.example.org")
