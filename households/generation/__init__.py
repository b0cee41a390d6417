"""Invented counties of any size, reproducible by seed; identity numbers begin with 999."""
