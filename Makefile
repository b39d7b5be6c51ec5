# Each target sets up what it needs in .venv; Python 3.11 and make are enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := check
.PHONY: run demo screens test quick check lint types docs bench paths clean

run: $(VENV)/.run
	@$(BIN)/cordcall run

demo: $(VENV)/.dev
	@$(BIN)/python -m tests.demo

screens: $(VENV)/.dev
	@$(BIN)/python -m tests.demo --screens

test: $(VENV)/.dev
	$(BIN)/pytest

quick: $(VENV)/.dev
	$(BIN)/pytest -m "not slow"

check: lint types test

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

docs: $(VENV)/.dev
	$(BIN)/python -m tests.docs

bench: $(VENV)/.dev $(VENV)/.peers
	$(BIN)/python -m tests.bench

paths: $(VENV)/.dev
	PATHS=20000 $(BIN)/pytest tests/conversation/test_every_path.py

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "CordCall needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.run: $(VENV)/.pip pyproject.toml
	$(BIN)/pip install --quiet --editable .[fast]
	@touch $@

$(VENV)/.dev: $(VENV)/.run pyproject.toml
	$(BIN)/pip install --quiet --group dev
	@touch $@

$(VENV)/.peers: $(VENV)/.pip pyproject.toml
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/pip install --quiet --upgrade 'pip>=25.1'
	$(VENV)/peers/bin/pip install --quiet --group peers
	@touch $@
