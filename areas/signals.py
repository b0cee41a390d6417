"""Sent by `load_areas` with `county_prefixes`, inside its transaction: new areas may be there."""

from django.dispatch import Signal

areas_loaded = Signal()
