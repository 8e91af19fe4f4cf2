"""Pages at a room's doors: an invitation, the password, recovery, a room that was closed.

Each shows a button, and only that changes anything: links are opened by previews, scanners and crawlers too.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from segno import DataOverflowError

from rooms.clock import now_ms
from rooms.core import invitations, ownership, password_door
from rooms.core.change import change
from rooms.core.create_room import check_number
from rooms.core.find_room import find_or_none_such, known_room
from rooms.core.reopen import reopen as reopen_room
from rooms.errors import Refusal, Unknown
from rooms.models import Room
from rooms.models.roles import Role
from rooms.pages.qr_code import svg_of
from rooms.pages.shared import caller_on_page, door_page, gone, over, password_page, with_cookie


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, slug: str, ticket: str) -> HttpResponse:
    """An invitation: what it gives, and the button that takes it."""
    caller = caller_on_page(request)
    room = find_or_none_such(slug)
    try:
        found = invitations.usable(caller, room, ticket)
        member = caller.place_in(room).member
        if request.method != "POST" and member is not None and member.role >= found.role:
            return HttpResponseRedirect(room.get_absolute_url())
        if request.method == "POST":
            with change(room, now_ms(), by=caller) as lent:
                invitations.join_by(caller, lent, ticket)
            return with_cookie(caller, request, HttpResponseRedirect(room.get_absolute_url()))
    except Refusal as refusal:
        return over(request, refusal)
    return door_page(
        request,
        caller,
        heading=room.name,
        text=_offer(found.made_by.nickname if found.made_by else "", Role(found.role)),
        button=gettext("Join"),
    )


@require_safe
def invitation_code(request: HttpRequest, slug: str, ticket: str) -> HttpResponse:
    """The link of an invitation as a QR code. It tells no more than its own address does."""
    return _code(request, reverse("invitation", args=[slug, ticket]))


@require_safe
def room_code(request: HttpRequest, slug: str) -> HttpResponse:
    """The address of a room as a QR code, whether there is such a room or not."""
    return _code(request, reverse("room", args=[slug]))


@require_POST
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a room to who sends its password."""
    caller = caller_on_page(request)
    try:
        room = known_room(slug, caller)
    except Unknown:
        return gone(request, slug)
    try:
        password_door.enter(room, caller, request.POST.get("password", "")[:1_000], now_ms())
    except Refusal as refusal:
        response = password_page(request, room, caller, refusal.message, refusal.status)
        if refusal.retry_after_s is not None:
            response["Retry-After"] = str(refusal.retry_after_s)
        return response
    return with_cookie(caller, request, HttpResponseRedirect(room.get_absolute_url()))


@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """The way back for an owner whose browser lost its cookies."""
    caller = caller_on_page(request)
    room = Room.objects.find(slug)
    if room is None or not ownership.is_recovery(room, secret) or caller.place_in(room).is_banned:
        return over(request, Unknown(gettext("This recovery link was withdrawn or replaced by a newer one.")))
    if request.method == "POST":
        try:
            with change(room, now_ms(), by=caller) as lent:
                ownership.recover(caller, lent, secret)
        except Refusal as refusal:  # the room was closed meanwhile, or the link replaced
            return over(request, refusal)
        return with_cookie(caller, request, HttpResponseRedirect(room.get_absolute_url()))
    return door_page(
        request,
        caller,
        heading=room.name,
        text=gettext("With this link the room is yours in this browser. Whoever owned it before stays as a host."),
        button=gettext("Take the room back"),
    )


@require_POST
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a room again that its owner closed."""
    caller = caller_on_page(request)
    closed = ownership.closed_room(slug, caller)
    if closed is None:
        return gone(request, slug)
    try:
        check_number(caller)
        opened = reopen_room(closed, now_ms(), by=caller.place_in(closed).name)
    except Refusal as refusal:
        return over(request, refusal)
    return HttpResponseRedirect(opened.get_absolute_url())


def _offer(maker: str, role: Role) -> str:
    if role == Role.HOST:
        text = gettext("%(name)s invites you as a host: you play, pause, skip and change the queue for everyone.")
        plain = gettext("You are invited as a host: you play, pause, skip and change the queue for everyone.")
    else:
        text = gettext("%(name)s invites you as a member: you hear what everyone hears, at the same moment.")
        plain = gettext("You are invited as a member: you hear what everyone hears, at the same moment.")
    return text % {"name": maker} if maker else plain


def _code(request: HttpRequest, path: str) -> HttpResponse:
    try:
        picture = svg_of(request.build_absolute_uri(path))
    except DataOverflowError:  # about 2,900 bytes; no room and no ticket has an address as long
        raise Http404 from None
    response = HttpResponse(picture, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response
