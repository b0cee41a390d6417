"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "poverty.settings")
application = get_wsgi_application()

from core.checks import refuse_unsafe_start  # noqa: E402 (the applications come first)
from core.secrets import refuse_wrong_keys  # noqa: E402

refuse_unsafe_start()
refuse_wrong_keys()
