# Every target does all the set-up it needs, and running it again does no harm.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
# The recipes' pip is told nothing about the caller's own packages or prompts.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate
EDITOR_SOURCES := $(shell [ ! -f editor/package.json ] || find editor -type f -not -path 'editor/node_modules/*' -not -path 'editor/dist/*')
EDITOR_BUILT := $(if $(EDITOR_SOURCES),editor/dist/.built)

.PHONY: help install demo test lint bench api-types lock sbom audit editor stack manual viewer screenshots

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/\t/' | expand -t 12

install: $(STAMPS)/install $(EDITOR_BUILT)  ## install into .venv; the command is .venv/bin/mcs
	@:

demo: $(STAMPS)/demo $(EDITOR_BUILT)  ## run everything on this machine: broker, database, flows, 20 simulated devices
	@$(BIN)/mcs demo

test: $(STAMPS)/test $(STAMPS)/viewer-test $(EDITOR_BUILT)  ## install what the tests need, then ruff, mypy, vitest and pytest
	@tests/install-servers.sh
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@[ -z "$(EDITOR_BUILT)" ] || $(BIN)/python build_editor.py test
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(STAMPS)/test  ## ruff and mypy only
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(STAMPS)/test $(EDITOR_BUILT)  ## CPU per message and memory, measured (NODE_RED=1: beside Node-RED; QUICK=1; EDITOR=1: the editor in Chromium instead)
	@tests/install-servers.sh
	@$(BIN)/python -m tests.bench$(if $(EDITOR),.editor) $(if $(NODE_RED),--node-red) $(if $(QUICK),--quick)

screenshots: $(STAMPS)/test $(EDITOR_BUILT)  ## pictures of every page into docs/screenshots; git keeps those that README.md shows
	@$(BIN)/python -m tests.screenshots

viewer: $(STAMPS)/viewer  ## run the archive viewer
	@PYTHONPATH=. $(VENV)-viewer/bin/streamlit run viewer/app.py

# MCS_STACK=processes, or a machine where no Docker runs: the same processes with the same config files, without containers.
stack: install  ## run the customer's server (deploy/): containers, or without Docker the same processes
	@if [ "$${MCS_STACK:-}" != processes ] && docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then \
		[ -f deploy/.env ] || { echo "make stack: copy deploy/.env.example to deploy/.env and fill it in" >&2; exit 1; }; \
		docker compose --file deploy/compose.yaml up --build --detach; \
	else \
		tests/install-servers.sh && exec $(BIN)/python deploy/stack.py; \
	fi

manual: $(STAMPS)/manual $(STAMPS)/install  ## build the manual into site/ (zh-CN and English), with a page for each node type
	@env -u MCS_NODES $(BIN)/mcs nodes --docs docs/manual
	@NO_MKDOCS_2_WARNING=1 $(VENV)-manual/bin/mkdocs build --quiet --strict

editor: $(EDITOR_BUILT)  ## build the editor into editor/dist
	@[ -n "$(EDITOR_BUILT)" ] || { echo "make editor: editor/package.json is missing" >&2; exit 1; }

editor/dist/.built: $(EDITOR_SOURCES) build_editor.py | $(STAMPS)/venv
	@$(BIN)/python build_editor.py
	@touch $@

api-types: install  ## write the editor's types of the API again from the routes
	@$(BIN)/python api_types.py

lock: $(STAMPS)/uv  ## make the lock files again from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --output-file requirements.lock >/dev/null
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra demo --extra dev --constraint requirements.lock --output-file requirements-demo.lock >/dev/null
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra demo --extra dev --group test --constraint requirements-demo.lock --output-file requirements-test.lock >/dev/null
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra viewer --constraint requirements.lock --output-file requirements-viewer.lock >/dev/null
	@$(UV_COMPILE) $(if $(UPGRADE),--upgrade) requirements-manual.in --output-file requirements-manual.lock >/dev/null
	@! grep -nE 'https?://|--(extra-)?index|--find-links' requirements*.lock || { echo "make lock: a lock file names a host" >&2; exit 1; }

sbom: | $(STAMPS)/venv  ## the software bill of materials (CycloneDX) of the locked packages, into sbom.json
	@$(BIN)/python deploy/sbom.py > sbom.json

audit: $(STAMPS)/audit  ## known weaknesses of the locked packages, by pip-audit and npm audit; says so where they are not reachable
	@$(BIN)/python deploy/audit.py $(VENV)-audit/bin/pip-audit

# A folder that already holds a virtual environment is taken as it is, so an interrupted install goes on where it stopped.
$(STAMPS)/venv:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not installed; install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $$($(PYTHON) --version) is too old, 3.11 or newer is needed; name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/install: requirements.lock pyproject.toml | $(STAMPS)/venv
	@echo "installing into $(VENV) …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

# The licence server is the vendor's own distribution; the demonstration brings it along so that it is licensed.
$(STAMPS)/demo: requirements-demo.lock vendor/pyproject.toml $(STAMPS)/install
	@echo "installing what the demonstration needs …"
	@$(PIP) install --require-hashes --requirement requirements-demo.lock
	@$(PIP) install --no-deps --editable ./vendor
	@touch $@

$(STAMPS)/test: requirements-test.lock $(STAMPS)/demo
	@echo "installing what the tests need …"
	@$(PIP) install --require-hashes --requirement requirements-test.lock
	@touch $@

# The viewer is a program of its own: pandas and Streamlit stay out of the engine's environment.
$(STAMPS)/viewer: requirements-viewer.lock | $(STAMPS)/venv
	@[ -x $(VENV)-viewer/bin/python ] || $(BIN)/python -m venv $(VENV)-viewer
	@$(VENV)-viewer/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement requirements-viewer.lock
	@$(VENV)-viewer/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --editable .
	@touch $@

# Its tests run in its environment: pytest comes from the lock file of the tests, whose other packages stay out.
$(STAMPS)/viewer-test: requirements-test.lock $(STAMPS)/viewer
	@awk '/^[a-z0-9]/ {wanted = $$0 ~ /^(iniconfig|pluggy|pygments|pytest)==/} wanted' requirements-test.lock > $(STAMPS)/viewer-test.lock
	@$(VENV)-viewer/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes --requirement $(STAMPS)/viewer-test.lock
	@touch $@

$(STAMPS)/manual: requirements-manual.lock | $(STAMPS)/venv
	@[ -x $(VENV)-manual/bin/python ] || $(BIN)/python -m venv $(VENV)-manual
	@$(VENV)-manual/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement requirements-manual.lock
	@touch $@

$(STAMPS)/audit: | $(STAMPS)/venv
	@[ -x $(VENV)-audit/bin/python ] || $(BIN)/python -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	@touch $@

$(STAMPS)/uv: | $(STAMPS)/venv
	@$(PIP) install uv
	@touch $@
