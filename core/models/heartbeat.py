from django.db import models


class Heartbeat(models.Model):
    """When a job of the timetable last ran, how long it took and what it did."""

    name = models.CharField(max_length=100, primary_key=True)
    last_started = models.DateTimeField(null=True)
    last_finished = models.DateTimeField(null=True)
    last_seconds = models.FloatField(null=True)
    last_result = models.TextField(blank=True, default="")
    changed = models.BigIntegerField(null=True)
    failures = models.IntegerField(default=0)

    def __str__(self):
        return self.name
