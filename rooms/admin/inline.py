"""Inlines of a room: its members, player and queue as rows of its admin page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.checks import InlineModelAdminChecks
from django.core import checks
from django.db import models
from django.forms.models import modelformset_factory
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from rooms.admin.forms import ShownForm, blaming
from rooms.core.caller import is_operator
from rooms.models import Room

if TYPE_CHECKING:
    FormSet = forms.BaseModelFormSet[Any, Any]
    InlineModelAdmin = admin.options.InlineModelAdmin[Any, Room]
else:
    FormSet = forms.BaseModelFormSet
    InlineModelAdmin = admin.options.InlineModelAdmin


class RowForm(ShownForm):
    """One row, about an object that may have vanished since the page was made."""

    def clean(self) -> dict[str, Any]:
        if self.instance._state.adding:
            self.errors.clear()
            if set(self.changed_data) - {"id"}:
                gone = gettext("This %(object)s is gone meanwhile.")
                self.add_error(None, gone % {"object": self.instance._meta.verbose_name})
            return self.cleaned_data
        return super().clean()

    def apply(self, lent: Room, now_ms: int) -> None:
        """Call the verbs for what the operator changed in this row."""
        raise NotImplementedError


class RoomFormSet(FormSet):
    """The rows of a room, or so many of them as a page can hold."""

    model: type[models.Model]
    shown_rows = 50

    def __init__(
        self, data: Any = None, files: Any = None, *, instance: Room, save_as_new: bool = False, **kwargs: Any
    ) -> None:
        self.room = instance
        super().__init__(data, files, **kwargs)

    @classmethod
    def get_default_prefix(cls) -> str:
        return str(cls.model._meta.model_name)

    def all_rows(self) -> models.QuerySet[Any]:
        """What the room has of this, in order."""
        raise NotImplementedError

    def first_row(self) -> int:
        """Where the rows begin that a page shows, if it cannot show all."""
        return 0

    def get_queryset(self) -> Any:
        """The rows of this page: those that were sent, in their order, or those to be shown."""
        if not hasattr(self, "_rows"):
            self._rows = self._sent_rows() if self.is_bound else self._rows_to_show()
        return self._rows

    def _sent_rows(self) -> list[Any]:
        count = min(self.initial_form_count(), self.total_form_count())
        sent = [self.data.get(f"{self.add_prefix(n)}-id", "") for n in range(count)]
        ids = [int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0 for text in sent]
        found = self.all_rows().in_bulk(ids)
        return [found.get(row_id) or self.model() for row_id in ids]

    def _rows_to_show(self) -> list[Any]:
        first = self.first_row()
        return list(self.all_rows()[first : first + self.shown_rows])

    @property
    def caption(self) -> str:
        """Which of the rows these are."""
        shown, count = len(self.get_queryset()), self.all_rows().count()
        if shown == count or self.is_bound:
            return f"{count:,}"
        first = self.first_row()
        found = {"first": f"{first + 1:,}", "last": f"{first + shown:,}", "count": f"{count:,}"}
        return gettext("%(first)s to %(last)s of %(count)s") % found

    @property
    def all_url(self) -> str:
        """The page that lists them all; the empty string if there is none."""
        return ""

    def list_url(self, **lookup: Any) -> str:
        meta = self.model._meta
        try:
            return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{urlencode(lookup)}"
        except NoReverseMatch:
            return ""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        # A plain number: all rows were found in one query, and a field that chooses would ask for each again.
        form.fields["id"] = forms.IntegerField(initial=form.instance.pk, required=False, widget=forms.HiddenInput)
        form.empty_permitted = True  # a row that was left alone is not checked

    def clean(self) -> None:
        """Nothing: the verbs know what is allowed."""

    def apply(self, lent: Room, now_ms: int) -> None:
        """Call the verbs for what the operator changed."""
        self.new_objects: list[Any] = []
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []
        for form in self.kept_forms:
            with blaming(form):
                form.apply(lent, now_ms)
            self.changed_objects.append((form.instance, form.changed_data))

    @property
    def kept_forms(self) -> list[Any]:
        """The rows that the operator changed and did not remove."""
        removed = self.deleted_forms if self.can_delete else []
        rows = [form for form in self.initial_forms if not form.instance._state.adding and form not in removed]
        return [form for form in rows if form.has_changed()]


class _Checks(InlineModelAdminChecks):
    """Rows need no foreign key to the room: their form set finds them."""

    def _check_relation(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []


class RoomInline(InlineModelAdmin):
    """Rows of a room. They are a part of it: the permission to change the room is enough to change them."""

    template = "admin/rooms/rows.html"
    checks_class = _Checks
    formset: Any = RoomFormSet
    form: Any = RowForm
    extra = 0
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form_set = modelformset_factory(
            self.model,
            form=self.form,
            formset=self.formset,
            extra=0,
            can_delete=self.can_delete and self.has_delete_permission(request, obj),
            formfield_callback=partial(self.formfield_for_dbfield, request=request),
        )
        form_set.form.form_refusal = getattr(request, "form_refusal", None)
        return form_set

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.closed_at is None
        return is_open and is_operator(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("rooms.view_room") or is_operator(request.user)
