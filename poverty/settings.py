"""Settings of the project. Every value that differs between installations comes from the environment."""

import sys
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from core.logging import configure_structlog, logging_config
from poverty.embedded import EmbeddedServer
from poverty.keys import own_keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What kind of installation this is -------------------------------------------------------
PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
TESTING = "pytest" in sys.modules
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data" / ("tests" if TESTING else ""))))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Keys: production names its own; elsewhere each checkout makes its own once --------------
_own = {} if PRODUCTION else own_keys(DATA_DIR)
SECRET_KEY = env.str("SECRET_KEY", _own.get("secret", ""))


def _keys(name: str, kept: str) -> dict[str, str]:
    """Key id -> 32 bytes in base64, from `NAME=id:key,id:key`."""
    pairs = env.list(name, default=[f"own:{_own[kept]}"] if kept in _own else [])
    return dict(pair.split(":", 1) for pair in pairs)


FIELD_KEYS = _keys("FIELD_KEYS", "field")
HASH_KEYS = _keys("HASH_KEYS", "hash")
# The key that encrypts from now on; the others only read. Default: the last one named.
CURRENT_FIELD_KEY = env.str("CURRENT_FIELD_KEY", next(reversed(FIELD_KEYS), ""))
CURRENT_HASH_KEY = env.str("CURRENT_HASH_KEY", next(reversed(HASH_KEYS), ""))

# --- Audit: where each seal's digest is noted outside the database, how long events are kept ---
SEAL_FILE = env.str("SEAL_FILE", str(DATA_DIR / "seals.jsonl"))
# GB/T 22239 and the Cybersecurity Law ask for six months, which can be 184 days.
AUDIT_DAYS = max(184, env.int("AUDIT_DAYS", 400))

# --- Applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_structlog",
    "django_prometheus",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core",
    "areas",
    "accounts",
    "villages",
    "households",
    "standards",
    "exchange",
    "desk",
    "dashboards",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "core.api.middleware.JsonErrorsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.AccessPolicyMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "poverty.urls"
WSGI_APPLICATION = "poverty.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "core.context_processors.house",
            ],
        },
    },
]

# --- Database: the application's role; the owner's for what changes tables ------------------
OWNER_COMMANDS = {
    "migrate",
    "sqlmigrate",
    "test",
    "rotate_keys",
    "erase_expired",
    "prune_audit",
    "backup",
    "restore",
}
# Invented data is written without history, which only the owner of the tables may do.
OWNER_COMMANDS |= {"generate_county", "load_demonstration", "clear_demonstration"}
_command = sys.argv[1] if Path(sys.argv[0]).name == "manage.py" and len(sys.argv) > 1 else ""
AS_OWNER = TESTING or _command in OWNER_COMMANDS or env.str("DATABASE_ROLE", "") == "owner"
DATABASE_URL = env.str("DATABASE_URL", "")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "")
# Without a database named, the checkout's own server; who runs the process starts it (manage.py).
EMBEDDED = None if DATABASE_URL else EmbeddedServer(DATA_DIR)
if EMBEDDED:
    DATABASE_URL, DATABASE_OWNER_URL = EMBEDDED.application_url, EMBEDDED.owner_url
DATABASES = {"default": env.db_url_config((AS_OWNER and DATABASE_OWNER_URL) or DATABASE_URL)}
DATABASES["default"] |= {
    "HOST": unquote(DATABASES["default"]["HOST"]),
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": True,
    "TEST": {"TEMPLATE": "template0"},
}
# The role that gets the grants; empty when one role does everything.
APPLICATION_ROLE = env.db_url_config(DATABASE_URL)["USER"] if DATABASE_OWNER_URL else ""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Signing in ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "dashboards:area"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    # Tests open hundreds of accounts; one of them asks for Argon2 by name.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.HouseValidator"},
]
# "mlps" demands kinds of characters and a new password every 90 days, "asvs" neither.
PASSWORD_PROFILE = env.str("PASSWORD_PROFILE", "mlps")
# "required" asks the roles below for a second step, "optional" whoever has set it up, "off" nobody.
SECOND_FACTOR = env.str("SECOND_FACTOR", "required" if PRODUCTION else "off")
SECOND_FACTOR_ROLES = frozenset(
    env.list("SECOND_FACTOR_ROLES", default=["system_admin", "security_admin", "audit_admin", "auditor"])
)
# How many masked values one person may look at, and compare, in an hour.
REVEALS_PER_HOUR = env.int("REVEALS_PER_HOUR", 30)
COMPARES_PER_HOUR = env.int("COMPARES_PER_HOUR", 30)
# So many times the person's usual day is told to the security administrators.
REVEALS_UNUSUAL = env.int("REVEALS_UNUSUAL", 3)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
HTTPS = env.bool("HTTPS", PRODUCTION)
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_IDLE = env.int("SESSION_IDLE", 30 * 60)
SESSION_IDLE_PRIVILEGED = env.int("SESSION_IDLE_PRIVILEGED", 15 * 60)
# Accounts without a sign-in for so many days are closed.
DORMANT_DAYS = env.int("DORMANT_DAYS", 90)
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"

# --- Browser -------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31536000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Name ---------------------------------------------------------------------------------
# What the head of every page says. Without one: the county's name, when only one is loaded, and the
# platform's; tests ask nothing beside what they count.
SITE_NAME = env.str("SITE_NAME", "")
SITE_NAME_OF_COUNTY = env.bool("SITE_NAME_OF_COUNTY", not TESTING)

# --- Words, time -----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
# A day like 2016-10-18 instead of the calendar's, for rehearsals and tests.
BUSINESS_DAY = env.str("BUSINESS_DAY", "")

# Days that read notices are kept.
NOTICES_KEPT_DAYS = env.int("NOTICES_KEPT_DAYS", 90)

# --- Files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
HASHED_STATIC = env.bool("HASHED_STATIC", PRODUCTION)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not HASHED_STATIC
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(DATA_DIR / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Background work -------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
QUEUE_DIR = Path(env.str("QUEUE_DIR", str(DATA_DIR / "queue")))
LONGEST_JOB_SECONDS = 60 * 60
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": LONGEST_JOB_SECONDS + 300}
    if REDIS_URL
    else {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = LONGEST_JOB_SECONDS
CELERY_TASK_SOFT_TIME_LIMIT = LONGEST_JOB_SECONDS - 60
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
# Tests do the work where it is asked for, unless they start a worker.
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", TESTING)
CELERY_TASK_EAGER_PROPAGATES = True

# --- API -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api_door.TokenOrSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsing.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.parsing.AlwaysJSON",
    "EXCEPTION_HANDLER": "core.api.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.HouseSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "脱贫攻坚信息平台",
    "VERSION": "1",
    "DESCRIPTION": "How to begin, with an example: docs/api.md.",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "SERVE_PUBLIC": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "POSTPROCESSING_HOOKS": [],
    "PATH_CONVERTER_OVERRIDES": {
        "key": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
        "year": {"type": "integer", "minimum": 2000, "maximum": 2099},
        "division": {"type": "string", "pattern": "^[0-9]{12}([0-9]{3})?$"},
    },
}
# Requests of one token or person to the API within a minute; more are answered 429.
API_PER_MINUTE = env.int("API_PER_MINUTE", 600)

# --- Logs ------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "WARNING" if TESTING else "INFO")
LOGGING = logging_config(LOG_LEVEL)
configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# Statements that take longer are logged without their values; 0 logs none.
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", 500)

# --- Metrics ---------------------------------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
PROMETHEUS_EXPORT_MIGRATIONS = False
