"""The addresses of the project: each app brings its own."""

from importlib.util import find_spec

from django.urls import include, path

# From the more particular to the county page at the root.
APPS_WITH_PAGES = ("core", "accounts", "standards", "exchange", "desk")

urlpatterns = [path("", include(f"{app}.urls")) for app in APPS_WITH_PAGES if find_spec(f"{app}.urls")]
urlpatterns += [path("language/", include("django.conf.urls.i18n"))]
