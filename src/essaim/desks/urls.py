from django.urls import path

from essaim.desks import views

app_name = "desks"
urlpatterns = [
    path("", views.home, name="home"),
    path("bureau/", views.desk, name="desk"),
]
