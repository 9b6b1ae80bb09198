"""Django settings of one home. The home is named by PORTCULLIS_HOME; nothing else is read.

State is SQLite in the home unless DATABASE_URL names a PostgreSQL database.
"""

import os
from pathlib import Path

from portcullis.office.database import databases

HOME = Path(os.environ.get("PORTCULLIS_HOME", "portcullis-home")).resolve()

INSTALLED_APPS = ["portcullis.office"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# The office has no sessions or cookies yet; Django insists on a key, and this one signs nothing.
SECRET_KEY = os.urandom(32).hex()

DATABASES = databases(HOME, os.environ.get("DATABASE_URL", ""))
