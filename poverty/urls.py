"""The addresses of the project: each app brings its own."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from accounts.views.signing_in import set_language

# From the more particular to the county page at the root.
APPS_WITH_PAGES = ("core", "accounts", "standards", "exchange", "desk", "dashboards")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"{app}.urls")) for app in APPS_WITH_PAGES if find_spec(f"{app}.urls")
]
urlpatterns += [path("api/v1/", include("poverty.api")), path("language/", set_language, name="set_language")]

handler400 = "core.views.errors.bad_request"
handler500 = "core.views.errors.server_error"
