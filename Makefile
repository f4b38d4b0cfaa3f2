# One virtual environment for people and CI. Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-postgres check bench clean setup

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ringback needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable '.[postgres,terraform]' --group test
	@$(BIN)/python -m compileall -q src # start-up counts: an editable install is not compiled by pip
	@touch $(READY)

demo: $(READY)
	@$(BIN)/python examples/customer_lookup/demo.py

test: check
	@$(BIN)/python -m pytest -n 2 --dist worksteal

test-postgres: $(READY)
	@$(BIN)/python tests/with_postgres.py -n 2 --dist worksteal

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_budgets.py

bench: $(READY)
	@$(BIN)/python -m pip install --quiet --group bench
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
