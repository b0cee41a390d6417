#!/bin/sh
# Before every start of a new version: refuse what is unsafe, then bring the tables up to date.
set -eu
python manage.py check --deploy --fail-level WARNING
python manage.py migrate --no-input
python manage.py start_installation
