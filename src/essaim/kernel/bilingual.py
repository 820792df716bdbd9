"""Texts of a programme written in French and English: stored together, shown in the reader's language."""

from typing import Any

from django.db import models
from django.utils.translation import get_language


class Bilingual(dict[str, str]):
    """A text in several languages, `{"fr": ..., "en": ...}`; shown in the reader's language, else in French."""

    def __str__(self) -> str:
        return self.get((get_language() or "fr")[:2]) or self.get("fr", "")

    def __bool__(self) -> bool:
        return any(self.values())


class BilingualField(models.JSONField):
    """A JSON column whose value is a `Bilingual`; a plain string is taken as French."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Bilingual)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Bilingual:
        """What the database holds, as a `Bilingual`."""
        return as_bilingual(super().from_db_value(value, expression, connection))

    def to_python(self, value: Any) -> Bilingual:
        """What a form or a fixture gives, as a `Bilingual`."""
        return as_bilingual(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Bilingual:
        """Keep the instance's own value a `Bilingual` after a save."""
        value = as_bilingual(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


def as_bilingual(value: Any) -> Bilingual:
    """A `Bilingual` from a mapping, a plain French string or nothing."""
    if isinstance(value, str):
        return Bilingual(fr=value)
    return value if isinstance(value, Bilingual) else Bilingual(value or {})
