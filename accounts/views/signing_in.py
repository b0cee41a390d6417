from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.i18n import set_language as django_set_language

from accounts import demonstration, services, signing_in
from accounts.forms import CodeForm, FilledSignInForm, FirstRunForm, SignInForm
from accounts.models import User
from accounts.roles import ROLES
from accounts.signing_in import Answer
from core.htmx import UNPROCESSABLE

FIRST_ADMINISTRATOR = "security_admin"
TOO_MANY = 429


def first_page(user: User) -> str:
    """The page with which the person's role begins; the own account when there is none."""
    home = user.role.home if user.role else "accounts:account"
    try:
        return reverse(home)
    except NoReverseMatch:
        return reverse("accounts:account")


def _after_sign_in(request: HttpRequest, user: User) -> str:
    """The page that was asked for, when it is one of ours; else the person's first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and wanted != "/" else first_page(user)


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _try_to_sign_in(request)
    if isinstance(request.user, User):
        return HttpResponseRedirect(_after_sign_in(request, request.user))
    if not User.objects.exists():
        return redirect("accounts:first-run")
    people = demonstration.listed_users()
    chosen = next((p for p in people if p.username == request.GET.get("as")), None)
    if chosen is None:
        return _sign_in_page(request, SignInForm())
    filled = {"username": chosen.username, "password": demonstration.PASSWORD}
    return _sign_in_page(request, FilledSignInForm(initial=filled))


def _try_to_sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, status=UNPROCESSABLE)
    answer = signing_in.sign_in(request, form.cleaned_data["username"], form.cleaned_data["password"])
    if answer is Answer.IN:
        return _welcome(request)
    if answer is Answer.CODE_NEEDED:
        return _back_with_next(request, "accounts:sign-in-code")
    if answer is Answer.LOCKED:
        form.add_error(None, too_many_tries())
        return _sign_in_page(request, form, status=TOO_MANY)
    form.add_error(None, _("User name or password is wrong. Please type both once more."))
    return _sign_in_page(request, form, status=UNPROCESSABLE)


def too_many_tries() -> str:
    return _("Five tries in 15 minutes were wrong. Please wait 15 minutes, then try again.")


def _welcome(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    response = HttpResponseRedirect(_after_sign_in(request, user))
    remember_language(response, user.language)
    return response


def _back_with_next(request: HttpRequest, view: str) -> HttpResponse:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(reverse(view) + query)


@never_cache
@sensitive_post_parameters("code")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second step: the code of the app, or a recovery code."""
    if signing_in.half_way(request) is None:
        return _back_with_next(request, "accounts:sign-in")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            answer = signing_in.sign_in_with_code(request, form.cleaned_data["code"])
            if answer is Answer.IN:
                return _welcome(request)
            if answer is Answer.LATE:
                return _back_with_next(request, "accounts:sign-in")
            if answer is Answer.LOCKED:
                form.add_error(None, too_many_tries())
                status = TOO_MANY
            else:
                form.add_error("code", _("This code does not hold. Wait for the next one and type that."))
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    response = render(request, "accounts/sign_in_code.html", {"form": form, "next": wanted}, status=status)
    return _with_retry_after(response)


def _with_retry_after(response: HttpResponse) -> HttpResponse:
    if response.status_code == TOO_MANY:
        response.headers["Retry-After"] = str(15 * 60)
    return response


def _sign_in_page(request: HttpRequest, form: SignInForm, *, status: int = 200) -> HttpResponse:
    people = [(person, ROLES[person.role]) for person in demonstration.listed_users()]
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    context = {"form": form, "people": people, "next": wanted}
    response = render(request, "accounts/sign_in.html", context, status=status)
    return _with_retry_after(response)


def sign_out(request: HttpRequest) -> HttpResponse:
    signing_in.sign_out(request)
    return redirect("accounts:sign-in")


def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language of the pages, and of the person's next sign-in."""
    response = django_set_language(request)
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(User._meta.get_field("language").choices or []):
        services.set_preferences(request.user, language=chosen)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


@never_cache
@sensitive_post_parameters("new", "again")
def first_run(request: HttpRequest) -> HttpResponse:
    """Open the first account; only while there is none."""
    if User.objects.exists():
        raise Http404
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_first_administrator(
                username=form.cleaned_data["username"],
                name=form.cleaned_data["name"],
                password=form.cleaned_data["new"],
                role=FIRST_ADMINISTRATOR,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("accounts:sign-in")
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "password_rules": password_validators_help_texts()}
    return render(request, "accounts/first_run.html", context, status=status)
