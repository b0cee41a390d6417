"""Forms of the pages for what a program sends."""

import re
from typing import Any

from django.utils.datastructures import MultiValueDict
from rest_framework.request import Request

from areas.models import Area
from core.api.errors import invalid


def checked(kind: Any, request: Request, named: dict[str, str] | None = None) -> Any:
    """The form of the page on what the program sent, the area named by its code; 422 in its words.

    `named` says which fields are called otherwise in the interface: form field -> name there.
    """
    sent: Any = request.data
    data = {name: value for name, value in sent.items() if name not in request.FILES}
    for field, name in (named or {}).items():
        data[field] = data.pop(name, None)
    if "area" in data:
        code = str(data["area"])
        # A code that names nothing is answered like one of somebody else's area.
        found = Area.objects.valid().filter(code=code).first() if re.fullmatch("[0-9]{12}", code) else None
        data["area"] = found.pk if found else 0
    form: Any = kind(data, request.FILES or MultiValueDict(), user=request.user)
    if not form.is_valid():
        raise invalid({(named or {}).get(name, name): list(words) for name, words in form.errors.items()})
    return form
