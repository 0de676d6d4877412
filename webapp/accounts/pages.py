"""The pages of an account: what it used, its runs, its tokens, its password."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from webapp.accounts import selectors, services, tokens
from webapp.accounts.forms import EmailForm, TokenForm
from webapp.common.ids import is_id
from webapp.common.owners import owner_of
from webapp.common.text import later, text
from webapp.limits.usage import usage
from webapp.runs import deleting
from webapp.runs.selectors import run_of, run_summaries, runs_of
from workers.contract import Refusal

PER_PAGE = 25
READ = ("GET", "HEAD")
Page = Callable[..., HttpResponseBase]


def page(*methods: str) -> Callable[[Page], Page]:
    """A page of somebody who is logged in, kept by no cache; what is not theirs is 404."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Refusal as refusal:
                if refusal.problem().status == 404:
                    raise Http404 from refusal
                messages.error(request, str(refusal.problem().detail))
                return redirect("/account/runs")

        return never_cache(csrf_protect(login_required(require_http_methods(methods)(shown))))

    return decorate


def _account(request: HttpRequest) -> User:
    return cast(User, request.user)  # login_required let nobody else in


@page(*READ, "POST")
def overview(request: HttpRequest) -> HttpResponse:
    """What the account used and may use; its mail address can be changed here."""
    account = _account(request)
    form = EmailForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        account.email = form.cleaned_data["email"]
        account.save(update_fields=["email"])
        messages.success(request, text("account.mail-changed"))
        return redirect("/account")
    return render(
        request,
        "accounts/overview.html",
        {
            "title": later("shell.account"),
            "form": form,
            "used": selectors.usage_of(account),
            "limits": usage(account=account.pk, address=""),
        },
    )


@page(*READ)
def runs(request: HttpRequest) -> HttpResponse:
    """My runs: searched by their label, a page at a time."""
    owner = owner_of(request)
    search = request.GET.get("q", "").replace("\0", "")[:120]
    pages = Paginator(runs_of(owner, search=search), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    first = (shown.number - 1) * PER_PAGE
    context = {
        "title": later("shell.runs"),
        "page": shown,
        "runs": run_summaries(owner, search=search, offset=first, limit=PER_PAGE),
        "search": search,
        "more": urlencode({"q": search}) if search else "",
        "browser": services.browser_runs(owner),
    }
    return render(request, "accounts/runs.html", context)


@page("POST")
def run_delete(request: HttpRequest, id: str) -> HttpResponse:
    """Delete a run of mine with its results and links."""
    run = run_of(id, owner_of(request))
    label = run.label
    deleting.run_delete(run=run)
    messages.success(request, text("account.deleted", name=label))
    return redirect("/account/runs")


@page(*READ, "POST")
def take_over(request: HttpRequest) -> HttpResponse:
    """Asks whether the runs that this browser made without an account shall be the account's."""
    owner = owner_of(request)
    given = request.POST.get("next") or request.GET.get("next") or "/account/runs"
    allowed = url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure())
    to = given if allowed else "/account/runs"
    if request.method == "POST":
        if "take" in request.POST:
            count = services.runs_take_over(owner=owner)
            messages.success(request, text("account.taken-one" if count == 1 else "account.taken-many", count=count))
        return redirect(to)
    count = services.browser_runs(owner)
    if not count:
        return redirect(to)
    return render(request, "accounts/take-over.html", {"title": later("account.browser"), "count": count, "next": to})


@page(*READ, "POST")
@sensitive_post_parameters()
def token_list(request: HttpRequest) -> HttpResponse:
    """My tokens; a new one's secret is shown in the answer that makes it and nowhere else."""
    account = _account(request)
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = tokens.token_create(account=account, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.problem().detail))
        else:
            form = TokenForm()
    context = {"title": later("account.tokens"), "form": form, "secret": secret, "tokens": account.tokens.all()[:200]}
    return render(request, "accounts/tokens.html", context)


@page("POST")
def token_revoke(request: HttpRequest, id: str) -> HttpResponse:
    """End a token of mine."""
    if not is_id(id):
        raise Http404
    token = tokens.token_revoke(account=_account(request), id=id)
    messages.success(request, text("account.revoked", name=token.name))
    return redirect("/account/tokens")


@method_decorator(never_cache, name="dispatch")
class Password(auth.PasswordChangeView):
    """Another password; every other session of the account ends."""

    template_name = "accounts/password.html"
    success_url = "/account"
    extra_context = {"title": later("account.change-password")}

    def form_valid(self, form: Any) -> HttpResponse:
        """Changed."""
        messages.success(self.request, text("account.password-changed"))
        return super().form_valid(form)
