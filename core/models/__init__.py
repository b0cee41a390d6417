from core.models.changes import Change, RowHistory
from core.models.files import StoredFile
from core.models.heartbeat import Heartbeat
from core.models.installation import Installation
from core.models.jobs import Job
from core.models.notices import Notice
from core.models.seals import Seal, SealCheck
from core.models.secrets import Secret

__all__ = [
    "Change",
    "Heartbeat",
    "Installation",
    "Job",
    "Notice",
    "RowHistory",
    "Seal",
    "SealCheck",
    "Secret",
    "StoredFile",
]
