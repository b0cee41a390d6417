"""The standards that come with the project, in force from the first start."""

import hashlib
import tomllib
from pathlib import Path

from django.db import migrations
from django.utils import timezone

SHIPPED = (
    "henan-household-2016.toml",
    "henan-village-2016.toml",
    "shaanxi-household-577.toml",
    "shaanxi-village-577.toml",
)
FOLDER = Path(__file__).resolve().parent.parent / "data"


def load(apps, schema_editor):
    version_model = apps.get_model("standards", "StandardVersion")
    indicator_model = apps.get_model("standards", "Indicator")
    criterion_model = apps.get_model("standards", "Criterion")
    for name in SHIPPED:
        text = (FOLDER / name).read_text(encoding="utf-8")
        data = tomllib.loads(text)
        version = version_model.objects.create(
            number=1,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            lines={str(year): str(line) for year, line in data.get("lines", {}).items()},
            **{
                key: data[key]
                for key in (
                    "subject",
                    "code",
                    "title",
                    "title_en",
                    "area_prefix",
                    "starts_on",
                    "document",
                    "source",
                    "note",
                )
                if key in data
            },
        )
        for position, indicator in enumerate(data["indicators"]):
            criteria = indicator.pop("criteria")
            row = indicator_model.objects.create(version=version, position=position, **indicator)
            for place, criterion in enumerate(criteria):
                criterion_model.objects.create(indicator=row, position=place, **criterion)
        version.published_at = timezone.now()
        version.save(update_fields=["published_at"])


def unload(apps, schema_editor):
    schema_editor.execute("ALTER TABLE standards_standardversion DISABLE TRIGGER standards_version_frozen")
    schema_editor.execute("ALTER TABLE standards_indicator DISABLE TRIGGER standards_indicator_frozen")
    schema_editor.execute("ALTER TABLE standards_criterion DISABLE TRIGGER standards_criterion_frozen")
    apps.get_model("standards", "StandardVersion").objects.filter(number=1).delete()


class Migration(migrations.Migration):
    dependencies = [("standards", "0002_published_never_changes")]
    operations = [migrations.RunPython(load, unload)]
