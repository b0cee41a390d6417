from django.core.checks import Error, Tags, register

from standards.measures import MEASURES


@register(Tags.database)
def criteria_have_measures(app_configs, databases=None, **kwargs):
    """Every criterion in the database names a measure that exists (standards.E001)."""
    if not databases:
        return []
    from django.db import connection

    from standards.models import Criterion

    if Criterion._meta.db_table not in connection.introspection.table_names():
        return []
    used = Criterion.objects.values_list("indicator__version__subject", "measure").distinct()
    return [
        Error(f"A standard names the measure “{code}”, which does not exist.", id="standards.E001")
        for subject, code in used
        if code not in MEASURES[subject]
    ]
