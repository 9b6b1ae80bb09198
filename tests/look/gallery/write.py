"""Writes the gallery: every part of the office's pages, as files a server can show.

A process of its own, because Django takes one set of settings a process:
python -m tests.look.gallery.write FOLDER
"""

import sys
from pathlib import Path

import django
from django.conf import settings
from django.template.loader import render_to_string

from tests.look.gallery import shown

HERE = Path(__file__).parent
OWN = ("desk", "dashboard", "work", "form", "sign", "signed_out", "empty")
SIGN_IN = (
    "account/login",
    "account/reauthenticate",
    "mfa/authenticate",
    "mfa/index",
    "mfa/totp/activate_form",
    "mfa/recovery_codes/index",
    "mfa/webauthn/add_form",
    "mfa/webauthn/authenticator_list",
)
ERRORS = ("400", "403", "403_csrf", "404", "429", "500")
PAGES = (*OWN, *(name.replace("/", "-") for name in SIGN_IN), "404", "500")


def main(folder: Path) -> None:
    settings.configure(
        INSTALLED_APPS=[
            "portcullis.office.web",  # before allauth: its templates are dressed here
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.humanize",
            "allauth",
            "allauth.account",
            "allauth.mfa",
        ],
        MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates"],
                "APP_DIRS": True,
            }
        ],
        MFA_PASSKEY_LOGIN_ENABLED=True,
        MFA_SUPPORTED_TYPES=["totp", "webauthn", "recovery_codes"],
        FORM_RENDERER="portcullis.office.web.forms.Renderer",
        STATIC_URL="/static/",
        USE_I18N=False,
        ROOT_URLCONF="tests.look.gallery.urls",
    )
    django.setup()
    templates = {name: f"gallery/{name}.html" for name in (*OWN, "progress")}
    templates |= {name: f"{name}.html" for name in (*SIGN_IN, *ERRORS)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, template in templates.items():
        page = render_to_string(template, shown.context(name))
        (folder / f"{name.replace('/', '-')}.html").write_text(page, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
