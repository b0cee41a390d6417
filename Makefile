# The two commands of a newcomer are `make run` and `make test`.
PYTHON ?= python3

.PHONY: run setup test check soak bench format

run:  ## Install, start everything, print the address. PORT=, HOST=, TLS=1, DEMO=0
	@$(PYTHON) bin/setup && exec .venv/bin/python -m poverty.supervisor

setup:  ## What comes before a start
	@$(PYTHON) bin/setup

test:  ## Every check and every test
	@$(PYTHON) bin/setup --dev && exec .venv/bin/python bin/test all

check:  ## The fast part of the checks, under a minute
	@$(PYTHON) bin/setup --dev && exec .venv/bin/python bin/test check

soak:  ## The large counts
	@$(PYTHON) bin/setup --dev && exec .venv/bin/python bin/test soak

bench:  ## The benchmarks; QUICK=1 for 20,000 households
	@$(PYTHON) bin/setup --dev && exec .venv/bin/python bin/test bench

format:  ## Bring code and templates into shape
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet . && .venv/bin/djade $$(git ls-files 'templates/*.html')
