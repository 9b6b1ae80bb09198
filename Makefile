# Portcullis: one file of orders. `make` alone lists them.
# A second run of any of them installs nothing that is already there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
ACCURACY := .venv-accuracy
BIN := $(VENV)/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
LOCKED := $(PIP_INSTALL) --require-hashes -r
ASSETS := src/portcullis/office/web/assets
LOCKS := run build dev spark accuracy

.PHONY: help system install demo test test-all mutants lint oscal assets bench bench-accuracy locks

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 23

system: ## Install the Debian packages we need (the one step that touches the system)
	@tools/system-packages all

install: $(VENV)/installed.stamp ## Make .venv with the command at .venv/bin/portcullis

demo: install ## The June 2025 batch, synthetic, whole (DEMO="--quick" for a short one)
	$(BIN)/portcullis demo $(DEMO)

test: $(VENV)/dev.stamp system ## Run the tests (under ten minutes)
	TMPDIR="$$(tools/room-for-tests)" \
	  $(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not long" $(TESTS)

test-all: $(VENV)/dev.stamp system ## Run every test, the long ones too, and the mutants
	PORTCULLIS_THOROUGH=1 $(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder $(TESTS)
	$(BIN)/python -m tests.law.mutation

mutants: $(VENV)/dev.stamp ## Change the law in one place at a time; fills docs/mutation.md
	$(BIN)/python -m tests.law.mutation $(MODULES)

lint: $(VENV)/dev.stamp ## Style, types and the arrows between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

oscal: $(VENV)/dev.stamp ## Write docs/oscal from its source, and have compliance-trestle validate it
	$(BIN)/python tools/oscal.py
	$(BIN)/python -m pytest tests/oversight/test_oscal.py

# What it makes is committed, so that nothing else needs npm.
assets: ## Build the office's style sheets, scripts and fonts from npm (needs Node.js)
	cd $(ASSETS) && npm ci && node build.mjs

# Not among the checks: an audit of known vulnerabilities. pip-audit needs the network and
# exits 0 without it, having audited nothing; a check that cannot fail is no check.

bench: $(VENV)/dev.stamp $(ACCURACY)/installed.stamp system ## Measure beside Splink, Cedar, Rego and Go; fills docs/benchmarks.md
	$(BIN)/python -m benchmarks.run $(BENCH)

bench-accuracy: $(VENV)/dev.stamp $(ACCURACY)/installed.stamp ## Who is found for whom, beside Splink and the name control; fills docs/accuracy.md
	$(BIN)/python -m benchmarks.accuracy.run $(BENCH)

# Requirement files with hashes and no addresses: they install from whatever index a site has.
# run.txt is solved first and the others are held to its versions, so all of them agree.
locks: $(VENV)/dev.stamp ## Solve requirements/*.in again (uv, from the development lock)
	for lock in $(LOCKS); do \
	  $(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	    $$([ $$lock = run ] || echo -c requirements/run.txt) \
	    requirements/$$lock.in --output-file requirements/$$lock.txt; \
	done

# Each stamp is newer than everything it was made from.

$(VENV)/made.stamp:
	tools/system-packages run
	"$$(tools/find-python)" -m venv --clear $(VENV)
	touch $@

$(VENV)/installed.stamp: $(VENV)/made.stamp requirements/run.txt requirements/build.txt pyproject.toml
	$(BIN)/python $(LOCKED) requirements/run.txt
	$(BIN)/python $(LOCKED) requirements/build.txt
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/installed.stamp requirements/dev.txt
	$(BIN)/python $(LOCKED) requirements/dev.txt
	touch $@

$(ACCURACY)/installed.stamp: $(VENV)/made.stamp requirements/accuracy.txt
	"$$(tools/find-python)" -m venv --clear $(ACCURACY)
	$(ACCURACY)/bin/python $(LOCKED) requirements/accuracy.txt
	touch $@
