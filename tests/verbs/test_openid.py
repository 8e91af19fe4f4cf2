"""Sign-in through an OpenID Connect provider, which runs within the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from musicrooms.accounts.openid import providers
from rooms.models import Room
from tests.support import openid, patient
from tests.support.openid import Provider

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    cache.clear()
    with openid.provider() as running:
        settings.SOCIALACCOUNT_PROVIDERS = providers(running.issuer, openid.CLIENT_ID, openid.SECRET, "Home")
        yield running


def sent_on(client: Client) -> str:
    """Where the browser goes after the button of the log-in was pressed."""
    page = client.get("/accounts/login/").content.decode()
    assert "Go on with Home" in page
    leaving = client.post("/accounts/oidc/login/?process=login")
    assert "form-action 'self'" in leaving.headers["Content-Security-Policy"]
    return unescape(re.findall(r'content="0; url=([^"]+)"', leaving.content.decode())[0])


def sign_in(client: Client) -> Any:
    """Through the provider and back; what is answered there."""
    back = patient.get(sent_on(client)).headers["Location"]
    assert back.startswith("http://testserver/accounts/oidc/login/callback/?")
    return client.get(back.removeprefix("http://testserver"))


def test_a_guest_signs_in_through_the_provider_and_finds_the_room_in_another_browser(provider: Provider) -> None:
    alice, elsewhere = Client(), Client()
    alice.post("/", {"name": "Lounge", "visibility": "private"})
    room = Room.objects.get()
    for browser in (alice, elsewhere):
        assert sign_in(browser).headers["Location"] == "/"
        assert browser.get(f"/api/v1/rooms/{room.slug}").json()["you"]["role"] == "owner"
    user = User.objects.get()
    assert (user.first_name, user.has_usable_password()) == ("Alice", False)


@pytest.mark.parametrize("verification", ["optional", "mandatory"])
@pytest.mark.parametrize("claim", [{}, {"email_verified": False}, {"email_verified": "false"}])
def test_an_address_that_the_provider_did_not_verify_leads_into_no_account(
    provider: Provider, settings: Any, claim: dict[str, Any], verification: str
) -> None:
    """Neither whom the provider knows into Alice's, nor Alice, by a lost password, into one that others sign in to."""
    settings.ACCOUNT_EMAIL_VERIFICATION = verification
    alice = User.objects.create_user("alice", email="alice@example.org", password="quite a long walk")
    provider.claims |= claim
    browser = Client()
    assert sign_in(browser).headers["Location"] == "/"
    (other,) = User.objects.exclude(pk=alice.pk)
    assert (browser.session["_auth_user_id"], other.email) == (str(other.pk), "")
    assert not EmailAddress.objects.filter(user=other).exists()
    Client().post("/accounts/password/reset/", {"email": "alice@example.org"})
    assert len(mail.outbox) == 1


def test_an_address_that_the_provider_verified_is_another_account_too_unless_its_owner_connects_them(
    provider: Provider,
) -> None:
    alice = User.objects.create_user("alice", email="alice@example.org")
    provider.claims["email_verified"] = True
    browser = Client()
    sign_in(browser)
    assert browser.session["_auth_user_id"] != str(alice.pk)
    assert EmailAddress.objects.get(verified=True).user != alice


@pytest.mark.parametrize("flaw", ["forged", "of another issuer", "for another client", "expired"])
def test_an_id_token_that_does_not_hold_signs_nobody_in(provider: Provider, flaw: str) -> None:
    if flaw == "forged":
        provider.key = openid.new_key()
    else:
        wrong: dict[str, dict[str, Any]] = {
            "of another issuer": {"iss": "https://elsewhere.example.org"},
            "for another client": {"aud": "another"},
            "expired": {"exp": 1},
        }
        provider.claims |= wrong[flaw]
    browser = Client()
    assert "That did not sign you in" in sign_in(browser).content.decode()
    assert not User.objects.exists()


def test_an_answer_to_another_browser_signs_nobody_in(provider: Provider) -> None:
    back = patient.get(sent_on(Client())).headers["Location"].removeprefix("http://testserver")
    assert "That did not sign you in" in Client().get(back).content.decode()
    assert not User.objects.exists()


def test_a_provider_that_is_away_is_said_so(provider: Provider, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = providers("http://127.0.0.1:9", openid.CLIENT_ID, openid.SECRET, "")
    away = Client().post("/accounts/oidc/login/")
    assert away.status_code == 503
    assert int(away.headers["Retry-After"]) > 0


def test_without_a_provider_there_is_no_button_and_no_way() -> None:
    assert "Go on with" not in Client().get("/accounts/login/").content.decode()
    assert Client().post("/accounts/oidc/login/").status_code == 404


@pytest.mark.parametrize("set_alone", [("", "id", ""), ("", "", "secret"), ("https://id.example.org", "", "")])
def test_half_a_provider_is_refused_at_the_start(set_alone: tuple[str, str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"OIDC_[A-Z_]+ is set, but no OIDC_"):
        providers(*set_alone, "")
