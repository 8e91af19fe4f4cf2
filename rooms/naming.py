"""What models and their fields are called, in the language of whoever reads it in the admin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Model
from django.utils.translation import gettext_lazy


def names_of(models: Iterable[type[Model]]) -> Iterator[str]:
    """What the models say of themselves in English, which is what the catalogues know them by."""
    for model in models:
        yield from map(str, (model._meta.verbose_name_raw, model._meta.verbose_name_plural))
        yield from (str(field.verbose_name) for field in model._meta.fields if field.name != "id")


def translate_names(models: Iterable[type[Model]]) -> None:
    """Look the names up when they are shown. Migrations do not hear of it, as they would of names that are marked."""
    for model in models:
        for name in ("verbose_name", "verbose_name_plural"):
            setattr(model._meta, name, gettext_lazy(str(getattr(model._meta, name))))
        for field in model._meta.fields:
            field.verbose_name = gettext_lazy(str(field.verbose_name))
