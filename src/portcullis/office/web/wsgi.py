"""The office as a WSGI application, for the home that PORTCULLIS_HOME names."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portcullis.office.web.settings")

application = get_wsgi_application()
