"""Addresses of agreements and letters."""

from django.urls import path

from essaim.awards import views

app_name = "awards"
urlpatterns = [
    path("conventions/", views.agreements, name="agreements"),
    path("conventions/lettres/<int:pk>/renvoyer/", views.resend, name="resend"),
    path("conventions/<uuid:public_id>/", views.agreement, name="agreement"),
    path("conventions/<uuid:public_id>/convention.pdf", views.agreement_pdf, name="agreement_pdf"),
    path("conventions/<uuid:public_id>/etape/<slug:name>/", views.step, name="step"),
    path("conventions/<uuid:public_id>/versements/", views.plan, name="plan"),
    path("conventions/<uuid:public_id>/versements/<int:pk>/demander/", views.claim, name="claim"),
    path("conventions/<uuid:public_id>/versements/<int:pk>/inscrire/", views.pay, name="pay"),
    path("conventions/<uuid:public_id>/compte-rendu/", views.report, name="report"),
    path("conventions/<uuid:public_id>/compte-rendu/<slug:name>/", views.report_step, name="report_step"),
    path("decisions/<uuid:public_id>/lettre.pdf", views.letter, name="letter"),
]
