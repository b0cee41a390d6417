from typing import Any

from django import template

register = template.Library()


@register.filter
def place_name(area: Any) -> str:
    """A village without the word for its committee: 西王楼村, 董庄社区."""
    name = str(getattr(area, "name", area) or "")
    for ending, kept in (("村民委员会", "村"), ("村委会", "村"), ("居民委员会", ""), ("居委会", "")):
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending) + kept
    return name
