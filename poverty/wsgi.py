"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poverty.settings")
application = get_wsgi_application()

from core.secrets import refuse_wrong_keys  # noqa: E402 (the applications come first)

refuse_wrong_keys()
