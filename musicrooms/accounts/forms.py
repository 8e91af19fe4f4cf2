"""What the form for a new account asks beside address and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rooms.errors import Invalid
from rooms.models import MAX_NICKNAME_LENGTH, clean_nickname


class NamedSignup(forms.Form):
    """The name by which others see the account; left empty, it stays the one of the browser."""

    first_name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=MAX_NICKNAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
    )

    field_order = ("first_name", "email", "password1")

    def clean_first_name(self) -> str:
        name = str(self.cleaned_data["first_name"])
        try:
            return clean_nickname(name) if name else ""
        except Invalid as invalid:
            raise forms.ValidationError(invalid.message) from None

    def signup(self, request: HttpRequest, user: Any) -> AbstractUser:
        """Called by allauth; the adapter saved all there is."""
        return user  # type: ignore[no-any-return]  # allauth does not say what it is
