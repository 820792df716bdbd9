"""Every text of every app has its English, with the same placeholders."""

import pytest

from essaim.ui import catalogues


@pytest.mark.parametrize("app", catalogues.apps())
def test_every_text_has_its_english(app):
    assert catalogues.check(app) == []


def test_compiled_catalogue_answers(tmp_path, monkeypatch):
    folder = tmp_path / "sample" / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "sample" / "apps.py").write_text('from x import _\n_("Ouvert")\n')
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    assert catalogues.update("sample") == (1, 0)
    assert catalogues.check("sample") == [
        "sample: 'Ouvert' (apps.py) has no English: write it in sample/locale/en/LC_MESSAGES/django.po"
    ]
    path = folder / "django.po"
    path.write_text(path.read_text().replace('msgid "Ouvert"\nmsgstr ""', 'msgid "Ouvert"\nmsgstr "Open"'))
    assert catalogues.check("sample") == []
    assert catalogues.compile_all() == [folder / "django.mo"]
    assert catalogues.compile_all() == []


@pytest.mark.parametrize("english", ["Hello", "Hello %(other)s"])
def test_lost_or_invented_placeholder_is_said(english):
    said = catalogues.Said("Bonjour %(name)s", place="x.py")
    message = catalogues.Message("Bonjour %(name)s", english)
    assert list(catalogues._problems("ui", said, message)) == [
        f"ui: 'Bonjour %(name)s' (x.py): its English {english!r} does not hold the same placeholders"
    ]
