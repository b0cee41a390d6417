"""gunicorn as it runs everywhere: `make run`, the tests and production."""

import os

wsgi_app = "poverty.wsgi"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
timeout = 120
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
# Its own lines would stand beside the structured ones of the project.
accesslog = None
