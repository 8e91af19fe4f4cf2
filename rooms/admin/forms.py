"""Forms that apply only what the operator changed, by verbs, on a room that is lent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django import forms

from rooms.errors import Refusal

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class FormRefusal(Exception):
    """A refusal by a verb that the form with ``prefix`` called; ``fields`` are its messages by field."""

    def __init__(self, refusal: Refusal, prefix: str = "") -> None:
        super().__init__(refusal.message)
        self.prefix = prefix
        self.fields = refusal.fields or {"": refusal.message}


@contextmanager
def blaming(form: forms.BaseForm) -> Iterator[None]:
    """Attribute what a verb refuses within to ``form``: raises FormRefusal in place of Refusal."""
    try:
        yield
    except Refusal as refusal:
        raise FormRefusal(refusal, form.prefix or "") from refusal


class ShownForm(ModelForm):
    """A form whose fields remember what they showed when the page was made.

    A room goes on while its form is open. Compared with what was shown, and not with the database, a field that the
    operator left alone is unchanged whatever happened meanwhile, and is not applied.
    """

    form_refusal: FormRefusal | None = None
    """Why the first attempt to save was refused, to be shown at the fields that it names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def wanted(self) -> dict[str, Any]:
        """The fields that the operator changed, and what to."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def shown(self, name: str) -> str:
        """What the field showed, as the browser sent it back."""
        return str(self.data.get(self.add_initial_prefix(name), ""))

    def clean(self) -> dict[str, Any]:
        # What was left alone may have become impossible meanwhile; it is not applied, so it need not be possible.
        for name in set(self.errors) - set(self.changed_data):
            del self.errors[name]
        if self.form_refusal is not None and self.form_refusal.prefix == (self.prefix or ""):
            for name, message in self.form_refusal.fields.items():
                self.add_error(name if name in self.fields else None, message)
        return self.cleaned_data
