"""Writes the gallery: every part of the office's pages, as files a server can show.

A process of its own, because Django takes one set of settings a process:
python -m tests.look.gallery.write FOLDER
"""

import sys
from pathlib import Path

import django
from django.conf import settings

HERE = Path(__file__).parent
PAGES = ("desk", "dashboard", "work", "form", "sign", "signed_out", "empty")


def main(folder: Path) -> None:
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.humanize",
            "portcullis.office.web.apps.WebConfig",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates"],
                "APP_DIRS": True,
            }
        ],
        FORM_RENDERER="portcullis.office.web.forms.Renderer",
        STATIC_URL="/static/",
        USE_I18N=False,
        ROOT_URLCONF="tests.look.gallery.urls",
    )
    django.setup()
    from django.template.loader import render_to_string

    from tests.look.gallery import shown

    folder.mkdir(parents=True, exist_ok=True)
    for name in (*PAGES, "progress"):
        page = render_to_string(f"gallery/{name}.html", shown.context(name))
        (folder / f"{name}.html").write_text(page, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
