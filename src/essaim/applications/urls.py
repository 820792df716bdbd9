"""Addresses of applications."""

from django.urls import path

from essaim.applications.views import receipts

app_name = "applications"

urlpatterns = [
    path("candidatures/<uuid:public_id>/", receipts.receipt_json, name="application"),
    path("candidatures/<uuid:public_id>/recepisse/", receipts.receipt_json, name="receipt"),
    path("candidatures/<uuid:public_id>/recepisse.json", receipts.receipt_json, name="receipt-json"),
]
