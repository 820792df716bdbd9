"""One's own account: profile, messages, sessions, a copy of one's data, and the way out."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from essaim.accounts import actions, exports
from essaim.accounts.adapter import speak
from essaim.accounts.forms import CloseAccountForm, ProfileForm
from essaim.accounts.models import Organisation
from essaim.kernel import clock, mail
from essaim.kernel.workflow import Refused

PAGE = 25


@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everything about one's account, on one page."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {
        "organisations": Organisation.objects.of(request.user).order_by("name"),
        "unread": mail.messages_of(request.user).filter(read_at=None).count(),
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "has_password": request.user.has_usable_password(),
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "has_totp": Authenticator.Type.TOTP in kinds,
    }
    return render(request, "accounts/home.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name and language."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        person = actions.update_profile(person=request.user, by=request.user, at=clock.now(), **form.cleaned_data)
        messages.success(request, _("Votre profil est enregistré."))
        return speak(redirect("accounts:home"), person.language)
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """The messages received, newest first."""
    query = request.GET.get("q", "").strip()
    found = mail.messages_of(request.user).defer("html")
    if query:
        found = found.filter(subject__icontains=query) | found.filter(text__icontains=query)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/messages.html", {"page": page, "query": query})


@never_cache
@require_GET
def message(request: HttpRequest, public_id: str) -> HttpResponse:
    """One message, as it was sent."""
    found = get_object_or_404(mail.messages_of(request.user), public_id=public_id)
    return render(request, "accounts/message.html", {"message": found, "attachments": found.attachments.all()})


@require_POST
def mark_read(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep that the message was read here."""
    found = get_object_or_404(mail.messages_of(request.user), public_id=public_id)
    mail.mark_read(found, at=clock.now())
    return redirect("accounts:messages")


@never_cache
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """What one may take away, and how to leave."""
    return render(request, "accounts/data.html", {"form": CloseAccountForm(person=request.user)})


@require_POST
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """A copy of one's data, as JSON or as a ZIP; journalled, hence a POST."""
    at = clock.now()
    actions.record_export(person=request.user, by=request.user, at=at)
    content, content_type = (
        (exports.as_zip(request.user, at=at), "application/zip")
        if kind == "zip"
        else (exports.as_json(request.user, at=at), "application/json")
    )
    headers = {"Content-Disposition": f'attachment; filename="mes-donnees-essaim.{kind}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the account, after the address was written again."""
    form = CloseAccountForm(request.POST, person=request.user)
    if form.is_valid():
        try:
            actions.close_account(person=request.user, by=request.user, at=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            get_adapter(request).logout(request)
            messages.success(request, _("Votre compte est clos et votre nom est effacé. Vos actes restent, sans vous."))
            return redirect("account_login")
    return render(request, "accounts/data.html", {"form": form}, status=422)
