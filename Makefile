# Each target sets up what it needs in .venv; Python 3.11 and make are enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ABOUT_POSTGRES := tests/postgres tests/region
WITH_A_STORE := tests/service tests/commands tests/faults tests/adapters tests/conversation \
	tests/screens tests/test_dialogue.py
LOCKED := install --quiet --require-hashes --no-deps --requirement
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock'

# Tests start many processes; keep bytecode so that each need not recompile every module.
unexport PYTHONDONTWRITEBYTECODE

# The usual tests make thousands of small databases, in memory where it has room for a gigabyte.
quick test-postgres: export PYTEST_DEBUG_TEMPROOT := $(shell df -k --output=target,avail /dev/shm 2>/dev/null \
	| awk '$$1 == "/dev/shm" && $$2 > 1000000 {print $$1}')

.DEFAULT_GOAL := check
.PHONY: run demo region screens test quick test-postgres check lint types docs bench soak night paths validators lock upgrade clean

run: $(VENV)/.run
	@$(BIN)/cordcall run

demo: $(VENV)/.dev
	@$(BIN)/python -m tests.demo $(if $(HOST),--host $(HOST))

region: $(VENV)/.dev
	@$(BIN)/python -m tests.region --minutes 3

screens: $(VENV)/.dev
	@$(BIN)/python -m tests.demo --screens
	@$(BIN)/python -m tests.demo --measure

test: quick
	$(BIN)/pytest -m slow --numprocesses 2 --dist worksteal $(ABOUT_POSTGRES:%=--ignore=%)

quick: $(VENV)/.dev
	$(BIN)/pytest -m "not slow" --numprocesses 3 --dist worksteal $(ABOUT_POSTGRES:%=--ignore=%)

# What is about PostgreSQL, and what uses a store, with that store there; each process starts its
# own server.
test-postgres: $(VENV)/.dev
	$(BIN)/pytest -m "slow or not slow" --numprocesses 3 --dist worksteal $(ABOUT_POSTGRES)
	$(BIN)/pytest -m "not slow" --engine postgres --numprocesses 2 --dist worksteal $(WITH_A_STORE)

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

soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak --minutes 30 --taps-per-second 20 --fault-every 5

night: $(VENV)/.dev
	$(BIN)/python -m tests.night --hours 12 --speed 60

paths: $(VENV)/.dev
	PATHS=20000 $(BIN)/pytest tests/conversation/test_every_path.py

# The validators of FHIR, for the tests of the export; they need node 20 and npm, CordCall does not.
validators: $(VENV)/.validators

# lock keeps versions that still fit pyproject.toml; upgrade takes the newest that fit.
upgrade: COMPILE += --upgrade
upgrade: lock

lock: $(VENV)/.lock
	$(COMPILE) pyproject.toml --extra fast --extra crypt --extra postgres --extra pdf --group build \
		--output-file requirements/run.txt
	$(COMPILE) --group dev --constraints requirements/run.txt --output-file requirements/dev.txt
	$(COMPILE) --group peers --output-file requirements/peers.txt
	$(COMPILE) --group lock --output-file requirements/lock.txt

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "CordCall needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.txt pyproject.toml
	$(BIN)/python -m pip $(LOCKED) requirements/run.txt
	PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(BIN)/python -m pip $(LOCKED) requirements/dev.txt
	@touch $@

$(VENV)/.peers: $(VENV)/.run requirements/peers.txt
	$(PYTHON) -m venv --without-pip $(VENV)/peers
	$(BIN)/python -m pip --python $(VENV)/peers/bin/python $(LOCKED) requirements/peers.txt
	@touch $@

$(VENV)/.validators: $(VENV)/.made tests/export/validators/package-lock.json
	@command -v npm >/dev/null || { echo "The validators need node 20 and npm; without them their tests are skipped." >&2; exit 1; }
	mkdir -p $(VENV)/validators
	cp tests/export/validators/package.json tests/export/validators/package-lock.json $(VENV)/validators
	cd $(VENV)/validators && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/.lock: $(VENV)/.made requirements/lock.txt
	$(BIN)/python -m pip $(LOCKED) requirements/lock.txt
	@touch $@
