"""Component tags: strict arguments, and what each writes."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from essaim.ui import charts, thread
from essaim.ui.shapes import Bar, Level
from tests.page import Page, text_of


def render(source: str, **context: object) -> str:
    """A template of one line, with the library loaded, in French."""
    with translation.override("fr"):
        return Template("{% load ui %}" + source).render(Context(context))


def test_misspelt_argument_fails_at_compile():
    with pytest.raises(TemplateSyntaxError, match="unexpected keyword argument 'txet'"):
        Template('{% load ui %}{% badge txet="Ouvert" %}')


def test_positional_argument_is_refused():
    with pytest.raises(TemplateSyntaxError, match="too many positional arguments"):
        Template('{% load ui %}{% badge "Ouvert" %}')


def test_unknown_level_names_the_choices():
    with pytest.raises(ValueError, match=r"level='vert': choose among \['error', 'info', 'neutral'"):
        render('{% badge text="Ouvert" level="vert" %}')


def test_badge_has_an_icon_and_a_word():
    badge = Page(render('{% badge text="Ouvert" level="success" %}')).select("span")[0]
    assert text_of(badge) == "Ouvert"
    assert [use.get("href").rpartition("#")[2] for use in badge.iter("use")] == ["check"]


def test_what_people_typed_is_escaped():
    assert "<b>" not in render("{% badge text=name %}{% card title=name %}{% endcard %}", name="<b>x</b>")


def test_post_button_carries_the_token_and_its_hidden_values():
    page = Page(render('{% post_button text="Clore" url="/x/" hidden=held %}', csrf_token="t" * 8, held={"n": "3"}))
    assert {(field.get("name"), field.get("value")) for field in page.select("input")} == {
        ("csrfmiddlewaretoken", "tttttttt"),
        ("n", "3"),
    }


def test_empty_fact_says_it_is_not_given():
    assert "Non renseigné" in render('{% summary_row term="Site" %} {% endsummary_row %}')


class Ask(forms.Form):
    """One field that can be wrong, one group."""

    amount = forms.CharField(label="Aide", help_text="En euros.")
    kind = forms.ChoiceField(label="Vous êtes", choices=[("a", "Une association")], widget=forms.RadioSelect)


def test_field_ties_label_hint_and_error_to_the_control():
    page = Page(render("{% field field=form.amount %}", form=Ask({})))
    [control] = page.select("input")
    assert (control.get("aria-describedby"), control.get("aria-invalid")) == ("id_amount_hint id_amount_error", "true")
    assert {name.get("id") for name in page.select("p")} == {"id_amount_hint", "id_amount_error"}
    assert [label.get("for") for label in page.select("label")] == ["id_amount"]


def test_summary_of_errors_leads_to_each_field():
    with translation.override("fr"):
        page = Page(render("{% form_errors form=form %}", form=Ask({})))
    assert text_of(page.select("h2")[0]) == "Il y a 2 points à corriger"
    assert [(link.get("href"), text_of(link)) for link in page.select("a")] == [
        ("#id_amount", "Renseignez «\u00a0Aide\u00a0»."),
        ("#id_kind_0", "Choisissez une réponse à «\u00a0Vous êtes\u00a0»."),
    ]


def test_sound_form_has_no_summary_of_errors():
    assert render("{% form_errors form=form %}", form=Ask()).strip() == ""


def test_thread_links_one_step_back_and_one_forward():
    cells = thread.cells("appel", {"jam": "/j/", "choix": "/c/"}, {}, reached="choix")
    assert [cell.state for cell in cells] == ["done", "done", "current", "done", "done", "todo", "todo"]
    back, forward = thread.neighbours(cells)
    assert (back.key, forward.key) == ("jam", "choix")


def test_thread_without_reach_is_done_up_to_the_current_cell():
    states = [cell.state for cell in thread.cells("propositions", {}, {})]
    assert states == ["done", "current", *["todo"] * 5]


def test_thread_refuses_a_cell_that_does_not_exist():
    with pytest.raises(ValueError, match=r"unknown thread cells \['dossier'\]"):
        thread.cells("appel", {"dossier": "/x/"}, {})


def test_longest_bar_fills_the_picture_and_zero_draws_nothing():
    drawn, height = charts.draw_bars([Bar(label="a", value=10, text="10"), Bar(label="b", value=0, text="0")])
    assert ([bar.length for bar in drawn], height) == ([600, 0], 2 * charts.ROW)


def test_bars_of_nothing_draw_nothing():
    assert charts.draw_bars([]) == ([], 0)


def test_steps_climb_at_their_date():
    levels = [
        Level(since=date(2013, 6, 25), value=1, text="1 M€"),
        Level(since=date(2013, 12, 13), value=2, text="2 M€"),
    ]
    drawn, line, area = charts.draw_levels(levels)
    assert [point.y for point in drawn] == [120, 34]
    assert line == f"M12 120H{drawn[1].x}V34H588"
    assert area == line + "V206H12Z"


def test_chart_has_its_table():
    bars = [Bar(label="Corse", value=2, text="2 dossiers")]
    page = Page(render('{% bars caption="Dossiers" bars=bars %}', bars=bars))
    assert [text_of(cell) for cell in page.select("td")] == ["2 dossiers"]


def test_countdown_says_the_instant_and_the_time_left():
    deadline, now = datetime(2013, 9, 13, 21, 59, tzinfo=UTC), datetime(2013, 9, 10, 8, 0, tzinfo=UTC)
    page = Page(render('{% countdown deadline=deadline at=now zone="Europe/Paris" %}', deadline=deadline, now=now))
    assert text_of(page.select("p")[0]) == (
        "Clôture dans 3\u00a0jours vendredi 13\u00a0septembre 2013 à 23\u00a0h\u00a059 (heure de Paris)"
    )
