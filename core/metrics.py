"""Figures for a monitoring system: requests, queries, jobs, heartbeats, seals. Nobody's data in any label."""

import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core import timetable
from core.models import Heartbeat, Job, Notice, Seal

log = structlog.get_logger(__name__)

QUERIES = Histogram(
    "poverty_database_query_seconds",
    "Time that statements took, by their first word.",
    ["kind"],
    buckets=(0.001, 0.005, 0.02, 0.1, 0.3, 1, 5, 30),
)
KINDS = {"select", "insert", "update", "delete", "with"}
LONGEST_SHAPE = 1000
# Texts and numbers that a statement carries in itself; values that are bound never come this far.
_WRITTEN = re.compile(r"'(?:[^']|'')*'|\$\w*\$.*?\$\w*\$|\b\d+(?:\.\d+)?\b", re.S)
_BLANKS = re.compile(r"\s+")


# --- Queries ---------------------------------------------------------------------------------------
def watch_new_connection(connection: Any, **_: Any) -> None:
    """Called by Django for each connection it opens."""
    if watch_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch_query)


def watch_query(
    execute: Callable[..., Any], statement: Any, parameters: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Measure one statement; a slow one is logged without its values."""
    begun = time.perf_counter()
    try:
        return execute(statement, parameters, many, context)
    finally:
        seconds = time.perf_counter() - begun
        text = statement if isinstance(statement, str) else ""
        first = text.lstrip("( \n")[:8].partition(" ")[0].strip().lower()
        QUERIES.labels(first if first in KINDS else "other").observe(seconds)
        if settings.SLOW_QUERY_MS and seconds * 1000 >= settings.SLOW_QUERY_MS:
            log.warning("slow_query", milliseconds=round(seconds * 1000), statement=shape_of(text))


def shape_of(statement: str) -> str:
    """The statement without anything that may be somebody's data."""
    return _BLANKS.sub(" ", _WRITTEN.sub("?", statement)).strip()[:LONGEST_SHAPE]


# --- What the database knows -------------------------------------------------------------------------
class HouseCollector(Collector):
    """Jobs by state, ages of heartbeats, the last seal; asked when the page is."""

    def collect(self) -> Iterator[Metric]:
        yield _jobs()
        yield from _heartbeats()
        yield from _others()


def _jobs() -> Metric:
    states = Job.objects.values_list("state").annotate(number=Count("pk")).order_by()
    found = dict.fromkeys(Job.State.values, 0) | dict(states)
    metric = GaugeMetricFamily("poverty_jobs", "Background jobs by state.", labels=["state"])
    for state, number in sorted(found.items()):
        metric.add_metric([state], number)
    return metric


def _heartbeats() -> Iterator[Metric]:
    now = timezone.now()
    age = GaugeMetricFamily(
        "poverty_heartbeat_age_seconds", "Since the task last ended well.", labels=["task"]
    )
    failures = GaugeMetricFamily("poverty_task_failures", "Failures in a row.", labels=["task"])
    for beat in Heartbeat.objects.order_by("name"):
        failures.add_metric([beat.name], beat.failures)
        if beat.last_finished:
            age.add_metric([beat.name], (now - beat.last_finished).total_seconds())
    yield age
    yield failures
    yield GaugeMetricFamily(
        "poverty_late_tasks", "Tasks that missed two of their times.", value=len(timetable.late(now))
    )


def _others() -> Iterator[Metric]:
    last = Seal.objects.order_by("-number").first()
    yield GaugeMetricFamily(
        "poverty_seal_number", "The last seal of the audit.", value=last.number if last else 0
    )
    yield GaugeMetricFamily(
        "poverty_notices_open", "Notices that wait for somebody.", value=Notice.objects.open().count()
    )


def exposition() -> bytes:
    """Everything in the text form of Prometheus; of all web processes when gunicorn runs several."""
    house = CollectorRegistry()
    house.register(HouseCollector())
    processes = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        processes = CollectorRegistry()
        multiprocess.MultiProcessCollector(processes)
    return generate_latest(processes) + generate_latest(house)
