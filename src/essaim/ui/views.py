"""The gallery of components, and the public pages every site owes its readers."""

from datetime import date, timedelta
from email.utils import parseaddr
from importlib.metadata import version

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from essaim.ui.retention import RETENTION
from essaim.ui.shapes import Bar, Column, Level, Step
from essaim.ui.vendored import vendored

ICONS = (
    *("check", "info", "alert", "cross", "star", "hex", "hex-filled", "flask", "clock", "arrow-right", "arrow-left"),
    *("chevron", "download", "search", "pin", "people", "person", "desk", "exit", "lock", "euro", "file", "calendar"),
    *("mail", "save", "eye", "idea", "scales", "plus", "external", "print", "link"),
)


def publisher() -> dict[str, str]:
    """Who answers for the site, from settings.PUBLISHER; the contact is the sender of its mail unless given."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    known = {"publisher": "", "director": "", "host": "", "contact": sender}
    return known | {key: value for key, value in getattr(settings, "PUBLISHER", {}).items() if value}


@require_safe
@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: what was checked, what was not, whom to write to."""
    return render(request, "ui/pages/accessibility.html", publisher())


@require_safe
@login_not_required
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes, who hosts, under which licences."""
    return render(request, "ui/pages/legal.html", publisher())


@require_safe
@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """Which personal data, why, on what legal ground, how long, and one's rights."""
    return render(request, "ui/pages/privacy.html", {**publisher(), "retention": RETENTION})


@require_safe
@login_not_required
def source(request: HttpRequest) -> HttpResponse:
    """Where the program is and what it is made of."""
    values = {"version": version("essaim"), "vendored": vendored()}
    return render(request, "ui/pages/source.html", {**publisher(), **values})


@require_safe
@login_not_required
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines read the public pages; desks and private files are not for them."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/bureau/", "/compte/", "/candidatures/", "/expertise/")),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
@cache_control(public=True, max_age=86400)
def favicon(request: HttpRequest) -> FileResponse:
    """The sign, for those who ask at the old address."""
    return FileResponse(open(finders.find("ui/img/favicon.png"), "rb"), content_type="image/png")


@require_safe
@login_not_required
@cache_control(public=True, max_age=86400)
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell about a weakness; its validity is renewed each first of January."""
    expires = date(timezone.localdate().year + 1, 6, 30)
    lines = [
        f"Contact: mailto:{publisher()['contact']}",
        f"Expires: {expires:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class SampleForm(forms.Form):
    """One field of each kind, for the gallery."""

    name = forms.CharField(label="Nom de l’organisme", help_text="Tel qu’il figure au répertoire officiel.")
    amount = forms.CharField(label="Aide sollicitée", help_text="Entre 50 000 et 200 000 €.", initial="160 000")
    region = forms.ChoiceField(
        label="Région", choices=[("", "Choisissez une région"), ("53", "Bretagne"), ("82", "Rhône-Alpes")]
    )
    kind = forms.ChoiceField(
        label="Vous êtes",
        choices=[("asso", "Une association"), ("firm", "Une entreprise"), ("town", "Une collectivité")],
        widget=forms.RadioSelect,
        initial="asso",
    )
    public = forms.MultipleChoiceField(
        label="Publics accueillis",
        choices=[("firms", "Entreprises"), ("schools", "Écoles"), ("all", "Tout public")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    summary = forms.CharField(label="Le projet en quelques phrases", widget=forms.Textarea, required=False)
    statutes = forms.FileField(label="Statuts signés", help_text="PDF de 20 Mo au plus.", required=False)
    agree = forms.BooleanField(label="J’atteste l’exactitude de ces renseignements")


class ShortForm(forms.Form):
    """A form rendered whole, for the gallery."""

    place = forms.CharField(label="Commune ou code postal", required=False)
    radius = forms.IntegerField(label="À moins de", help_text="En kilomètres.", required=False)


@require_safe
@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state: the reference of those who write pages, and a test bed."""
    wrong = SampleForm({"name": "", "amount": "1e9", "region": "53", "kind": "x"}, prefix="faux", auto_id="id_%s")
    wrong.add_error("amount", "Le montant « 1e9 » ne se lit pas : écrivez par exemple 160 000.")
    now = timezone.now()
    return render(
        request,
        "ui/pages/gallery.html",
        {
            "form": SampleForm(),
            "short": ShortForm(auto_id="bref_%s"),
            "icons": ICONS,
            "wrong": wrong,
            "now": now,
            "deadline": now + timedelta(days=2, hours=5),
            "past": now - timedelta(days=3),
            "page": Paginator(range(154), 20).get_page(request.GET.get("page", 3)),
            **_samples(),
        },
    )


def _samples() -> dict[str, object]:
    """Invented content for the gallery's charts, tables and steps."""
    regions = [("Île-de-France", 46), ("Rhône-Alpes", 21), ("Bretagne", 14), ("Aquitaine", 12), ("Corse", 2)]
    return {
        "regions": [Bar(label=name, value=n, text=f"{n}", emphasis=name == "Bretagne") for name, n in regions],
        "levels": [
            Level(since=date(2013, 6, 25), value=100_000_000, text="1 M€", note="Enveloppe annoncée à l’ouverture."),
            Level(since=date(2013, 12, 13), value=220_000_000, text="2,2 M€", note="Relevée au vu des dossiers."),
        ],
        "steps": [
            Step(label="Organisme", url="#etapes", state="done"),
            Step(label="Projet", url="#etapes", state="error", detail="2 points"),
            Step(label="Budget", state="current"),
            Step(label="Pièces", url="#etapes"),
            Step(label="Vérifier et déposer"),
        ],
        "columns": [
            Column(key="region", label="Région"),
            Column(key="filed", label="Dossiers", numeric=True),
            Column(key="share", label="Part", numeric=True),
        ],
        "rows": [{"region": name, "filed": n, "share": f"{n * 100 // 154} %"} for name, n in regions],
        "points": {
            "points": [
                {"lat": 47.75, "lon": -3.37, "title": "Atelier du Scorff", "text": "Financé", "kind": "funded"},
                {"lat": 45.76, "lon": 4.84, "title": "Fabrique de la Saône", "text": "A demandé", "kind": "asked"},
                {"lat": 48.58, "lon": 7.75, "title": "EPN du Rhin", "text": "Connu", "kind": "known"},
            ]
        },
        "place_columns": [Column(key="title", label="Lieu"), Column(key="text", label="État")],
        "thread_urls": {"jam": "#fil", "propositions": "#fil", "appel": "#fil", "candidatures": "#fil"},
        "thread_notes": {
            "jam": "25 juin 2013",
            "propositions": "12 retenues",
            "appel": "jusqu’au 13 septembre",
            "candidatures": "154 dossiers",
            "choix": "14 retenus",
        },
    }
