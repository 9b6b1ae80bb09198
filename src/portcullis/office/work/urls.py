"""The addresses of long work."""

from django.urls import path

from portcullis.office.work import views

urlpatterns = [
    path("work/<uuid:task_id>/", views.page, name="work"),
    path("work/<uuid:task_id>/progress/", views.progress, name="work-progress"),
    path("work/<uuid:task_id>/cancel/", views.cancel, name="work-cancel"),
    path("work/<uuid:task_id>/files/<str:name>", views.file, name="work-file"),
]
