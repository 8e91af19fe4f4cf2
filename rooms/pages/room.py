"""The page of a room, and what it sends without the API: a nickname, a goodbye."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from rooms.core.access import Action, is_off, may
from rooms.core.find_room import open_room
from rooms.core.renaming import rename
from rooms.errors import PasswordNeeded, Refusal, Unknown
from rooms.live.hub import hub
from rooms.models import Visibility
from rooms.models.roles import Role
from rooms.models.rules import PRESETS
from rooms.pages import rules_form
from rooms.pages.link_preview import preview_of, screen_links
from rooms.pages.shared import (
    caller_on_page,
    code_of,
    expect,
    no_entry,
    share_link,
    shows_gone,
    snapshot_on_page,
    with_cookie,
)
from rooms.templatetags.queues import MOST_ROWS, beginning

EMPTY_FIELDS = {"url": "", "name": ""}
"""The fields of the page's forms, without a word: a template looks in four ways for a key that is not there."""


@require_safe
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """The room's page."""
    return room_page(request, slug)


def room_page(
    request: HttpRequest,
    slug: str,
    *,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The room's page; ``problems`` and ``typed`` are by field of a form that was refused."""
    caller = caller_on_page(request)
    try:
        found, told = snapshot_on_page(slug, caller, MOST_ROWS)
    except (Unknown, PasswordNeeded) as refusal:
        return no_entry(request, slug, refusal)
    expect(caller, found)
    place = caller.place_in(found)
    role = place.role
    # By role alone: a muted person keeps the form, whose refusal says why.
    can = {action.value: may(role, found.rules, action) for action in Action}
    you = place.you()
    link = share_link(request, caller, found)
    context = {
        "snapshot": told,
        "room": told["room"],
        "player": told["player"],
        "queue": beginning(told),
        "people": told["people"],
        "problems": EMPTY_FIELDS | (problems or {}),
        "typed": EMPTY_FIELDS | (typed or {}),
        "role": role.word,
        "name": place.name,
        "you": you,
        # Where the chat is off it is there as well, hidden: it may be turned on again.
        "writes": "chat" in you["may"] or (can["chat"] and is_off(Action.CHAT, found.chat_kept)),
        "asks_name": place.has_no_name,
        "can": can,
        "may": " ".join(action for action, is_allowed in can.items() if is_allowed),
        "share_link": link,
        "share_code": code_of(link),
        # An account keeps its rooms on every device; a cookie is lost with the next cleaning.
        "rules": rules_form.fields(found) if can["manage"] else None,
        "presets": PRESETS,
        "visibilities": Visibility.choices,
        "has_recovery": bool(found.recovery_hash),
        "owns_by_cookie": role == Role.OWNER and not caller.has_account,
        "may_invite_hosts": can["invite"] and role >= Role.HOST,
        "preview": preview_of(request, found, told["player"]),
        "screens": screen_links(request, found),
        "searches_youtube": bool(settings.YOUTUBE_API_KEY),
    }
    return with_cookie(caller, request, render(request, "rooms/room.html", context, status=status))


@require_POST
@shows_gone
def rename_me(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the caller's nickname, in the cookie and in every room where they have a place."""
    caller = caller_on_page(request)
    found = open_room(slug, caller)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        name = rename(caller, found, request.POST.get("name", ""))
    except Refusal as refusal:
        return _not_renamed(request, slug, refusal, wants_json=wants_json)
    if person_id := caller.place_in(found).person_id:
        hub.rename(found.pk, person_id, name)
    response = JsonResponse({"name": name}) if wants_json else HttpResponseRedirect(found.get_absolute_url())
    return with_cookie(caller, request, response)


def _not_renamed(request: HttpRequest, slug: str, refusal: Refusal, *, wants_json: bool) -> HttpResponse:
    problems, typed = {"name": refusal.message}, {"name": request.POST.get("name", "")}
    response = (
        JsonResponse(refusal.as_json(), status=refusal.status)
        if wants_json
        else room_page(request, slug, problems=problems, typed=typed, status=refusal.status)
    )
    if refusal.retry_after_s is not None:
        response["Retry-After"] = str(refusal.retry_after_s)
    return response


@require_POST
@shows_gone
def say_goodbye(request: HttpRequest, slug: str) -> HttpResponse:
    """End the presence of a page that is being left, which it tells by a beacon, so that others see it at once."""
    caller = caller_on_page(request)
    found = open_room(slug, caller)
    if person_id := caller.place_in(found).person_id:
        hub.goodbye(found.pk, person_id)
    return HttpResponse(status=204)
