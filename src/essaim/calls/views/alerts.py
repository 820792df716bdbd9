"""Being told of calls: ask, confirm by a link, stop by a link. A link only shows a button: reading changes nothing."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.calls import actions
from essaim.calls.forms import AlertForm
from essaim.calls.models import Call, Subscription, SubscriptionState
from essaim.jams.models import Jam
from essaim.kernel import clock
from essaim.kernel.bilingual import as_bilingual
from essaim.kernel.workflow import Refused
from essaim.places.models import REFORM, Region


def region_choices(at: datetime) -> list[tuple[str, str]]:
    """The regions in force that day, by name."""
    day = timezone.localdate(at)
    regions = Region.objects.of_2013() if day < REFORM else Region.objects.in_force()
    return sorted(((region.pk, region.name_on(day)) for region in regions), key=lambda choice: choice[1])


def theme_choices() -> list[tuple[str, str]]:
    """The themes of public calls, named as the Jams name them."""
    used = {theme for themes in Call.objects.public().values_list("themes", flat=True) for theme in themes}
    titles = {
        theme["code"]: str(as_bilingual(theme["title"]))
        for themes in Jam.objects.values_list("themes", flat=True)
        for theme in themes
    }
    return sorted(((code, titles.get(code, code)) for code in used), key=lambda choice: choice[1])


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask to be told when a call opens: a link to confirm leaves at once."""
    at = clock.now()
    choices = {"regions": region_choices(at), "themes": theme_choices()}
    form = AlertForm(request.POST if request.method == "POST" else None, **choices)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            asked, _token = actions.subscribe(
                email=data["email"],
                regions=data.get("regions", []),
                themes=data.get("themes", []),
                language=(get_language() or "fr")[:2],
                at=at,
            )
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            sentence = _("Un lien vient de partir à %(email)s : ouvrez-le pour confirmer.")
            messages.success(request, sentence % {"email": asked.email})
            return redirect("calls:subscribe")
    return render(request, "calls/subscribe.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the confirmation message: a button, then the thanks."""
    at = clock.now()
    subscription = actions.subscription_of(token)
    if subscription is not None and request.method == "POST":
        try:
            actions.confirm(subscription, at=at)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(request.path)
    expired = subscription is not None and _expired(subscription, at)
    context = {"subscription": subscription, "expired": expired, "state": subscription.state if subscription else ""}
    status = 404 if subscription is None else 410 if expired else 200
    return render(request, "calls/confirm.html", context, status=status)


def _expired(subscription: Subscription, at: datetime) -> bool:
    pending = subscription.state == SubscriptionState.PENDING
    return pending and subscription.created_at < at - actions.CONFIRM_WITHIN


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The link at the foot of every alert: a button, then nothing more is sent."""
    subscription = actions.subscription_of(token)
    if subscription is not None and request.method == "POST":
        actions.end(subscription, at=clock.now())
        return redirect(request.path)
    context = {"subscription": subscription, "state": subscription.state if subscription else ""}
    return render(request, "calls/stop.html", context, status=404 if subscription is None else 200)
