"""Base class of the admin of rooms: forms and actions that call verbs on a locked room."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db import DatabaseError, models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext

from rooms.admin.forms import FormRefusal, ShownForm, blaming
from rooms.clock import now_ms
from rooms.core.change import change
from rooms.core.database_errors import is_away
from rooms.errors import Refusal
from rooms.models import Room

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

logger = logging.getLogger(__name__)

Verb = Callable[[Room, Any, int], None]
"""Called with the lent room, the selected object and the one instant of the action (Unix milliseconds)."""


Act = Callable[[Any, int], bool]
"""Called with the selected object and the one instant of the action; whether it changed anything."""

Action = Callable[[Any, HttpRequest, models.QuerySet[Any]], HttpResponse | None]

CONFIRMED = "confirmed"
MOST_ASKED = 200
"""Objects that are named in a question, and sent back one by one; of all in a list that is longer the first."""


def confirmed(question: str | Promise, warning: str | Promise) -> Callable[[Action], Action]:
    """Decorator of an action that takes something away: it asks ``question`` on a page of its own first."""

    def decorated(action: Action) -> Action:
        @wraps(action)
        def asked(self: Any, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
            if CONFIRMED in request.POST:
                return action(self, request, queryset)
            # As Django's list sends it for “select all”: to send each would be more fields than a form may have.
            is_all = request.POST.get("select_across", "0") not in ("", "0")
            context = {
                **self.admin_site.each_context(request),
                "title": question,
                "warning": warning,
                "objects": queryset[:MOST_ASKED] if is_all else queryset,
                "count": queryset.count() if is_all else 0,
                "action": action.__name__,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/rooms/confirm.html", context)

        return asked

    return decorated


class AdminRequest(HttpRequest):
    """A request that is saved a second time, to show why the first attempt was refused."""

    form_refusal: FormRefusal


class VerbAdmin(ModelAdmin):
    """An admin that saves nothing itself: it lends the room, and its forms and actions call verbs on it."""

    def room_of(self, obj: Any) -> Room:
        """The room that a change of ``obj`` changes."""
        room: Room = obj.room
        return room

    def lend(self, request: HttpRequest, obj: Any, now: int) -> AbstractContextManager[Room]:
        """The room of ``obj``, for verbs that are said at ``now`` (Unix milliseconds) in the operator's name."""
        return change(self.room_of(obj), now, by=request.user.get_username())

    # Forms

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except FormRefusal as form_refusal:
            found = form_refusal
        except Refusal as refusal:
            found = FormRefusal(refusal)
        # Nothing of the first attempt was kept. The form is read once more, now knows why, and is shown again.
        cast(AdminRequest, request).form_refusal = found
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ShownForm]:
        form = cast(type[ShownForm], super().get_form(request, obj, change, **kwargs))
        form.form_refusal = getattr(request, "form_refusal", None)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        now = now_ms()
        with self.lend(request, obj, now) as lent, blaming(form):
            form.apply(lent, now)

    # Actions

    def each(self, request: HttpRequest, queryset: models.QuerySet[Any], deed: str, verb: Verb) -> None:
        """Say ``verb`` to each selected object, in the room of each; one that fails does not stop the others.

        ``deed`` is in English, as the log keeps it, and told in the language of the operator.
        """

        def act(obj: Any, now: int) -> bool:
            with self.lend(request, obj, now) as lent:
                before = lent.version
                verb(lent, obj, now)
            return lent.version > before

        self.run(request, queryset, deed, act)

    def run(self, request: HttpRequest, queryset: models.QuerySet[Any], deed: str, act: Act) -> None:
        """Call ``act`` for each selected object, and tell the operator and the log what came of it."""
        now, changed = now_ms(), 0
        selected = list(queryset)
        for obj in selected:
            try:
                has_changed = act(obj, now)
            except Refusal as refusal:
                self.message_user(request, f"{gettext(deed)}, {obj}: {refusal.message}", messages.ERROR)
            except DatabaseError as error:
                if is_away(error):
                    raise
                logger.exception("%s: %s %r could not be changed.", deed, self.opts.verbose_name, obj.pk)
                failed = gettext("%(deed)s, %(object)s: this failed. The server's log says why.")
                self.message_user(request, failed % {"deed": gettext(deed), "object": obj}, messages.ERROR)
            else:
                if has_changed:
                    changed += 1
                    self.log_change(request, obj, f"{deed}.")
        noun = self.opts.verbose_name if len(selected) == 1 else self.opts.verbose_name_plural
        level = messages.SUCCESS if changed else messages.WARNING
        told = gettext("%(deed)s: %(changed)s of %(count)s %(objects)s changed.")
        told %= {"deed": gettext(deed), "changed": changed, "count": len(selected), "objects": noun}
        self.message_user(request, told, level)
