"""Django settings of one home. The home is named by PORTCULLIS_HOME; nothing else is read.

State is SQLite in the home unless DATABASE_URL names a PostgreSQL database.
"""

import os
from pathlib import Path

import dj_database_url

HOME = Path(os.environ.get("PORTCULLIS_HOME", "portcullis-home")).resolve()

INSTALLED_APPS = ["portcullis.office"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# The office has no sessions or cookies yet; Django insists on a key, and this one signs nothing.
SECRET_KEY = os.urandom(32).hex()

_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": HOME / "state.sqlite3",
    "OPTIONS": {
        # A transaction takes the write lock when it begins, so two workers never deadlock halfway.
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        # Erased means overwritten, in the database's free pages too.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    },
}

DATABASES = {
    "default": (
        dj_database_url.parse(os.environ["DATABASE_URL"])
        if "DATABASE_URL" in os.environ
        else _SQLITE
    )
}
