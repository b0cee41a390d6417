"""The one signal of the house: facts of households or villages were written.

Sent inside the transaction with `household_ids`, `village_ids` (lists of keys) and `year`
(None for every open year).
"""

from django.dispatch import Signal

facts_changed = Signal()
