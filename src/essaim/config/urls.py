"""Every address of the site: each part brings its own, in the order of the story."""

from django.urls import include, path

from essaim.kernel.files import tus

handler400 = "essaim.ui.errors.bad_request"
handler403 = "essaim.ui.errors.forbidden"
handler404 = "essaim.ui.errors.not_found"
handler500 = "essaim.ui.errors.server_error"

urlpatterns = [
    path("", include("essaim.ui.urls")),
    path("", include("essaim.accounts.urls")),
    path("envois/", tus.collection, name="uploads"),
    path("envois/<uuid:public_id>/", tus.one, name="upload"),
    path("", include("essaim.programmes.urls")),
    path("", include("essaim.applications.urls")),
    path("", include("essaim.jams.urls")),
    path("", include("essaim.calls.urls")),
    path("", include("essaim.reviews.urls")),
    path("", include("essaim.desks.urls")),
    path("", include("essaim.selections.urls")),
    path("", include("essaim.awards.urls")),
    path("", include("essaim.opendata.urls")),
    path("", include("essaim.territory.urls")),
]
