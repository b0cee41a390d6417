from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import today
from standards import queries, services
from standards.files import load_standard
from standards.forms import UploadForm
from standards.models import StandardVersion

UNPROCESSABLE = 422


@require_safe
def standard_list(request: HttpRequest) -> HttpResponse:
    context = {"versions": queries.listed_versions(today().year), "year": today().year}
    return render(request, "standards/list.html", context)


@require_safe
def standard_detail(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(StandardVersion, pk=pk)
    year = _year(request, version)
    others = StandardVersion.objects.filter(subject=version.subject).exclude(pk=version.pk)
    context = {
        "listed": queries.listed_version(version, today().year),
        "version": version,
        "year": year,
        "indicators": queries.readable(version, year),
        "lines": sorted(version.lines.items()),
        "others": others,
    }
    return render(request, "standards/detail.html", context)


@require_safe
def standard_difference(request: HttpRequest, pk: int) -> HttpResponse:
    """What `pk` says otherwise than the version it is held against."""
    second = get_object_or_404(StandardVersion, pk=pk)
    versions = StandardVersion.objects.filter(subject=second.subject).exclude(pk=pk)
    asked = request.GET.get("with", "")
    first = versions.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None
    first = first or versions.filter(code=second.code, number__lt=second.number).order_by("-number").first()
    year = _year(request, second)
    context = {
        "first": first,
        "second": second,
        "others": versions,
        "rows": queries.difference(first, second, year) if first else [],
    }
    return render(request, "standards/difference.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def standard_upload(request: HttpRequest) -> HttpResponse:
    """Take a file as a draft; every fault of it is named and nothing is written."""
    form = UploadForm(request.POST or None, request.FILES or None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            version, is_new = load_standard(form.cleaned_data["file"], user=request.user)
        except ValidationError as error:
            faults = error.messages
        else:
            words = _("The draft was saved.") if is_new else _("This text is loaded already.")
            messages.success(request, words)
            return redirect("standards:detail", pk=version.pk)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "standards/upload.html", {"form": form, "faults": faults}, status=status)


@require_POST
def standard_publish(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(StandardVersion, pk=pk)
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Tick that you have read the text, then publish."))
        return redirect("standards:detail", pk=pk)
    try:
        services.publish_version(version, user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The standard is published; from now on it never changes."))
    return redirect("standards:detail", pk=pk)


def _year(request: HttpRequest, version: StandardVersion) -> int:
    text = request.GET.get("year", "")
    if text.isascii() and text.isdigit() and 2000 <= int(text[:9]) <= 2100:
        return int(text)
    return max(version.starts_on.year, min(today().year, 2100))
