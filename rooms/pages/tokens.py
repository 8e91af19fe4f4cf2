"""The page on which a host makes, sees and withdraws the tokens of a room; it needs no script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rooms.clock import now_ms
from rooms.core import tokens
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.find_room import open_room
from rooms.errors import Invalid, PasswordNeeded, Refusal, Unknown
from rooms.models import Room, Scope, Token
from rooms.models.token import LONGEST_DAYS, MAX_TOKEN_NAME_LENGTH
from rooms.pages.shared import caller_on_page, no_entry, over, with_cookie


class TokenForm(forms.Form):
    """What a new token is called, what it is good for, and after how many days it ends."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=MAX_TOKEN_NAME_LENGTH)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it is good for"), choices=Scope.choices, initial=[Scope.READ]
    )
    days = forms.IntegerField(
        label=gettext_lazy("Ends after, in days"), required=False, min_value=1, max_value=LONGEST_DAYS
    )


@require_http_methods(["GET", "HEAD", "POST"])
def room_tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """The tokens that the caller may withdraw, and the form for a new one, whose answer shows that once."""
    caller = caller_on_page(request)
    form = TokenForm(request.POST) if request.method == "POST" else TokenForm()
    made, text = None, ""
    try:
        room = open_room(slug, caller)
        tokens.hosting(caller, room)
        if form.is_bound and form.is_valid():
            try:
                made, text = _make(caller, room, form.cleaned_data)
            except Invalid as invalid:
                form.add_error("name", invalid.message)
            else:
                form = TokenForm()
        listed = list(tokens.of_room(caller, room))
    except (Unknown, PasswordNeeded) as refusal:
        return no_entry(request, slug, refusal)
    except Refusal as refusal:
        return over(request, refusal)
    player = request.build_absolute_uri(f"/api/v1/rooms/{room.slug}/player")
    call = f'curl {player} -H "Authorization: Bearer {text}"' if made and Scope.READ in made.granted else ""
    context = {"room": room, "tokens": listed, "form": form, "made": made, "text": text, "call": call}
    status = 422 if form.is_bound else 200
    return with_cookie(caller, request, render(request, "rooms/tokens.html", context, status=status))


@require_POST
def withdraw_token(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Withdraw a token, and show those that are left."""
    caller = caller_on_page(request)
    try:
        with change(open_room(slug, caller), now_ms(), by=caller) as lent:
            tokens.withdraw(caller, lent, number)
    except Refusal as refusal:
        return over(request, refusal)
    return HttpResponseRedirect(reverse("room-tokens", args=[slug]))


def _make(caller: Caller, room: Room, asked: dict[str, Any]) -> tuple[Token, str]:
    expires_at = timezone.now() + timedelta(days=asked["days"]) if asked["days"] else None
    with change(room, now_ms(), by=caller) as lent:
        return tokens.make(caller, lent, asked["name"], set(map(Scope, asked["scopes"])), expires_at)
