"""Every address of the site: each part brings its own, in the order of the story."""

from django.urls import include, path

urlpatterns = [
    path("", include("essaim.accounts.urls")),
]
