"""Sign-in through the OpenID Connect provider: the way there and the way back."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from requests import RequestException

from musicrooms.accounts.openid import PROVIDER_ID


class VerifiedAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth is typed here and there
    """allauth's, except that the signature of the id token is checked even where it came from the provider itself.

    The standard allows to trust TLS for that; a provider in a network at home may have none.
    """

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        self.did_fetch_access_token = False
        return dict(super()._decode_id_token(app, id_token))


@login_not_required  # type: ignore[untyped-decorator]  # allauth is typed here and there
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Begin at the provider, for a POST of the form that says so; a GET asks whether to.

    A page leads there, not a redirect: the policy ``form-action 'self'`` has browsers stop a form that is redirected.
    """
    response = _answer(request, OAuth2LoginView)
    if response.status_code in (302, 303):
        return render(request, "account/leaving.html", {"url": response["Location"]})
    return response


@login_not_required  # type: ignore[untyped-decorator]  # allauth is typed here and there
@never_cache
def return_from(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people back to, with a code that names them."""
    return _answer(request, OAuth2CallbackView)


def _answer(request: HttpRequest, view: Any) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(VerifiedAdapter(request, PROVIDER_ID))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error, KeyError, ValueError):  # away, or it answers what the standard does not know
        response = render(request, "account/provider_away.html", status=503)
        response["Retry-After"] = "30"
    return response


urlpatterns = [
    path(f"{PROVIDER_ID}/login/", leave, name="openid-leave"),
    path(f"{PROVIDER_ID}/login/callback/", return_from, name="openid-return"),
]
