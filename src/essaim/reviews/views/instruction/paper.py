"""Plan B: registering an application that came on paper or by e-mail, then writing it with the ordinary pages."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from essaim.applications import actions as applications
from essaim.applications.models import Application, ApplicationState
from essaim.kernel import access, clock
from essaim.kernel.files import FileRefused
from essaim.kernel.workflow import Refused
from essaim.reviews.forms import PaperForm
from essaim.reviews.views.reading import team_call, thread_context


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Say who, how, when, with what proof; then the draft opens on its first page."""
    call, at = team_call(request, slug), clock.now()
    if "officer" not in access.roles(request.user, call):
        raise Http404
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            application = applications.register_paper(
                call,
                channel=data["channel"],
                arrived_at=form.arrived_at(call.zone),
                proof=data["proof"],
                proof_file=data["proof_file"],
                organisation=data["organisation"],
                kind=data["kind"],
                siret=data["siret"],
                email=data["email"],
                by=request.user,
                at=clock.arrival(request),
            )
        except (Refused, FileRefused) as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error("siret", refusal)
        else:
            messages.success(
                request,
                _("Recopiez maintenant le dossier, page par page, puis déposez-le : il le sera à son heure d’arrivée."),
            )
            return redirect(application)
    mine = access.visible_to(request.user, Application).filter(
        call=call, state=ApplicationState.DRAFT, paper_arrival__registered_by=request.user
    )
    context = {
        "call": call,
        "form": form,
        "drafts": mine.select_related("organisation", "paper_arrival"),
        **thread_context(call.programme, at=at),
    }
    return render(request, "reviews/paper.html", context, status=422 if form.errors else 200)
