# Everything a contributor runs. Debian 12 with python3, python3-venv and make is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
CASES ?= tests/conformance
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help serve test check conformance bench requirements

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22

serve: $(VENV)/.run ## Make what is missing and serve the wiki (HOST, PORT, LIERRE_HOME)
	@$(BIN)/lierre serve

test: $(VENV)/.dev ## Run all tests
	$(BIN)/python -m pytest -q -n auto --dist loadgroup

check: $(VENV)/.dev ## Lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

conformance: $(VENV)/.dev ## Compare with recorded answers (CASES=DIR for another folder of the same form)
	$(BIN)/python -m tests.conformance.run $(CASES)

bench: $(VENV)/.dev ## Measure: views, saves, growth; beside a bare Flask
	$(BIN)/python -m bench.run

requirements: $(VENV)/.dev ## Compile requirements/*.txt anew, with hashes
	$(PIP) uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --extra dev pyproject.toml -o requirements/dev.txt
	printf 'hatchling>=1.27\neditables\n' | $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url - -o requirements/build.txt

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements/base.txt requirements/build.txt pyproject.toml
	$(PIP) --require-hashes -r requirements/build.txt
	$(PIP) --require-hashes -r requirements/base.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
