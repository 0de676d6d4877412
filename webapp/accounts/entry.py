"""Coming in: logging in, a forgotten password, a new account. No answer tells whether an account exists."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.sites.shortcuts import get_current_site
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from webapp.accounts import services
from webapp.accounts.forms import FirstPasswordForm, ResetForm, SignupForm
from webapp.accounts.mail import send_soon
from webapp.common.owners import owner_of
from webapp.common.text import later, text
from workers.contract import Refusal

BACKEND = "django.contrib.auth.backends.ModelBackend"


def after_login(request: HttpRequest, to: str) -> str:
    """Where to go next: past the question what becomes of the browser's own runs, when it has any."""
    if services.browser_runs(owner_of(request)):
        return f"/account/take-over?{urlencode({'next': to})}"
    return to


class Login(auth.LoginView):
    """Name and password; the session gets a new key."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True
    extra_context = {"title": later("shell.in")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether accounts can be made here."""
        return super().get_context_data(**kwargs) | {"signup": settings.SIGNUP}

    def form_valid(self, form: Any) -> HttpResponse:
        """In, and on to where one wanted to go."""
        login(self.request, form.get_user())
        return redirect(after_login(self.request, self.get_success_url()))


class Reset(auth.PasswordResetView):
    """Asks for an address and always says the same."""

    template_name = "accounts/reset.html"
    email_template_name = "accounts/mail/reset.txt"
    subject_template_name = "accounts/mail/reset-subject.txt"
    form_class = ResetForm
    success_url = "/password-reset/sent"
    extra_context = {"title": later("account.new-password")}


class ResetSent(auth.PasswordResetDoneView):
    """What to do now."""

    template_name = "accounts/said.html"
    extra_context = {
        "title": later("account.look"),
        "said": later("account.reset-sent"),
    }


class ResetConfirm(auth.PasswordResetConfirmView):
    """The page behind the mail's link; every session of the account ends."""

    template_name = "accounts/reset-confirm.html"
    success_url = "/password-reset/done"


@method_decorator(never_cache, name="dispatch")
class ResetDone(auth.PasswordResetCompleteView):
    """It is set."""

    template_name = "accounts/said.html"
    extra_context = {
        "title": later("account.changed"),
        "said": later("account.changed-how"),
        "way": ("/login", later("shell.in")),
    }


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """Asks for a mail address; what comes next lies in the mail. 404 where administrators make the accounts."""
    if not settings.SIGNUP:
        raise Http404
    form = SignupForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/signup.html", {"form": form, "title": later("account.make-account")})
    email = form.cleaned_data["email"]
    known = services.account_exists(email)
    ticket = "" if known else services.signup_ticket(email=email)
    site = get_current_site(request).domain
    context = {"site": f"{request.scheme}://{site}", "ticket": ticket, "email": email}
    template = "known" if known else "signup"
    body = render_to_string(f"accounts/mail/{template}.txt", context)
    send_soon(subject=f"Your account at {site}", body=body, to=email)
    said = text("account.mail-sent", email=email)
    return render(request, "accounts/said.html", {"title": later("account.look"), "said": said})


@never_cache
@csrf_protect
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def signup_confirm(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """The page behind the mail's link: a password, and the account is there."""
    if not settings.SIGNUP:
        raise Http404
    email = services.signup_email(ticket)
    if email is None:
        return _used(request)
    form = FirstPasswordForm(request.POST or None, email=email)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "title": later("account.make-account"), "email": email}
        return render(request, "accounts/signup-confirm.html", context)
    try:
        account = services.account_create(email=email, password=form.cleaned_data["new_password"])
    except Refusal:
        return _used(request)
    login(request, account, backend=BACKEND)
    return redirect(after_login(request, settings.LOGIN_REDIRECT_URL))


def _used(request: HttpRequest) -> HttpResponse:
    said = later("account.link-over")
    context = {"title": later("account.nothing"), "said": said, "way": ("/login", later("shell.in"))}
    return render(request, "accounts/said.html", context, status=410)
