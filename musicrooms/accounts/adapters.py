"""What allauth asks of Musicrooms: names of new accounts, and what happens as a browser signs in."""

from __future__ import annotations

import logging
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as in_request
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from musicrooms import login_limit
from rooms.core.account import join_account
from rooms.core.person import Person
from rooms.live.hub import hub
from rooms.models import MAX_NICKNAME_LENGTH, one_line

logger = logging.getLogger(__name__)


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is typed here and there
    """Sign-up and sign-in by password, and how a session of an account begins; ``endings`` has how it ends."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return login_limit.address(request) or "no address"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.ANYONE_MAY_SIGN_UP)

    def save_user(self, request: HttpRequest, user: AbstractUser, form: Any, commit: bool = True) -> AbstractUser:
        user.first_name = form.cleaned_data.get("first_name") or _name_of_guest(request)
        return cast(AbstractUser, super().save_user(request, user, form, commit))

    def post_login(self, request: HttpRequest, user: AbstractUser, **kwargs: Any) -> HttpResponse:
        """Join the browser's person to the account, and give the browser another for after signing out."""
        request.session.set_expiry(settings.ACCOUNT_SESSION_COOKIE_AGE)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        browser = Person.of_cookies(request.COOKIES)
        if browser is not None:
            # First: a private room shows a person out for good who is no member any more. The browser waits for a
            # second or more before it comes back, and is the account then.
            hub.renew(browser.id)
            join_account(browser, user)
        Person.new().keep(request, response)
        return response

    def respond_email_verification_sent(self, request: HttpRequest, user: AbstractUser | None) -> HttpResponse | None:
        """Where a browser goes that may not sign in yet; None for accounts of operators, with no address to confirm."""
        if user is not None and not user.email:
            return None
        return cast(HttpResponse, super().respond_email_verification_sent(request, user))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one; that the mail server fails is said on the next page, in one sentence whoever has an account."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # of the connection, and all of smtplib's
            logger.warning("The mail server took no mail (%s): %r.", template_prefix, error)
            request = in_request.request
            # Nothing is on its way: asked once more, it is tried once more.
            ratelimit.clear(request, app="allauth.account", action="confirm_email", key=email.lower())
            messages.error(
                request, gettext("The mail could not be sent: our mail server does not answer. Try it again later.")
            )


class OpenIdAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    """Sign-in through the provider of the settings."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whom the provider knows has an account here: the operator chose both."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Take over no mail address of which the provider does not say that it was verified.

        Else its real owner, who signs up here or resets a password by mail, would be led into this account, in which
        somebody else can still sign in.
        """
        if sociallogin.is_existing:
            return
        verified = [address for address in sociallogin.email_addresses if address.verified]
        sociallogin.email_addresses = verified
        sociallogin.user.email = verified[0].email if verified else ""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> AbstractUser:
        """Name a new account as the guest named themselves, else as the provider names them."""
        user = cast(AbstractUser, super().populate_user(request, sociallogin, data))
        browser = Person.of_cookies(request.COOKIES)
        names = [data.get("name"), data.get("first_name"), data.get("username"), _name_of_guest(request)]
        if browser is not None and browser.has_own_name:
            names.insert(0, browser.name)
        cleaned = (one_line(str(name or ""))[:MAX_NICKNAME_LENGTH].strip() for name in names)
        user.first_name, user.last_name = next(filter(None, cleaned), ""), ""
        return user


def _name_of_guest(request: HttpRequest) -> str:
    browser = Person.of_cookies(request.COOKIES)
    return browser.name if browser else ""
