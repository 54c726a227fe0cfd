# Everything here needs only Python 3.11 or newer, and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOWEST := .venv-lowest
JUDGES := .venv-judges
CHECKOV := .venv-checkov
# More than two cores: much of the suite waits.
WORKERS ?= 5
# An environment that keeps Python from writing bytecode would make each of them compile everything.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-all walks check check-lowest check-modes canaries commands scripts judges terraform messages translations findings roles-matrix doctor-matrix worlds policies torture fuzz bench pins clean
# Two targets that install at once would be in each other's way.
.NOTPARALLEL:

demo: $(VENV)/demo
	$(BIN)/wif-wizard demo

# One process compiles the tests, so that its workers do not do the same work side by side.
test: $(VENV)/dev $(VENV)/node
	@$(BIN)/python -m pytest --collect-only -qq tests >$(VENV)/collected || { cat $(VENV)/collected; exit 1; }
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests

# The suite with everything that it leaves out because it takes long.
test-all: $(VENV)/dev $(VENV)/node
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Both demos with the lowest versions that pyproject.toml allows. Run it when a version in pyproject.toml changes.
# grpcio-status is named because its newest version would demand the newest grpcio.
check-lowest: $(VENV)/dev
	rm -rf $(LOWEST)
	$(BIN)/uv venv --quiet --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -e '.[demo]' 'grpcio-status>=1.75.1'
	@for scenario in batch-bigquery gke-spanner; do \
	  $(LOWEST)/bin/wif-wizard demo --scenario $$scenario </dev/null >$(LOWEST)/$$scenario.txt \
	  || { cat $(LOWEST)/$$scenario.txt; echo "The demo $$scenario fails with the lowest versions." >&2; exit 1; }; \
	  echo "The demo $$scenario passes with the lowest versions."; \
	done

# The tests that the suite has for one mode, without the other mode's rooms; the suite itself runs some of them.
check-modes: $(VENV)/dev $(VENV)/node
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest tests/rooms/test_without_a_mode.py

# Cuts off each answer of a cloud at twenty places, and looks for keys and tokens in all that is printed and written.
canaries: $(VENV)/dev
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest tests/canaries

# Every command that plans and explanations print, run by bash with gcloud, aws and kubectl; the suite runs some of them.
commands: $(VENV)/dev
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest tests/oracles/by_hand

# The exported script in every world of `commands` and for every runtime, run by sh with gcloud, aws and kubectl: it must
# leave nothing to do, and a second run must change nothing. It takes about 20 minutes; the suite runs one case.
scripts: $(VENV)/dev
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest tests/export

# Real programs in sandboxes that nobody told them of, without a way out of this machine; prints the table of the README.
# Then all tests with real programs; the suite runs some of them.
judges: $(VENV)/dev $(JUDGES)/judges
	@$(BIN)/python -m tests.judges
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/oracles --ignore tests/oracles/by_hand

# The exported Terraform module: every setup, a wrong letter in hundreds of places, and the real provider for AWS where
# this machine has it. Then checkov, in an environment of its own.
terraform: $(VENV)/dev $(CHECKOV)/checkov
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest -n $(WORKERS) tests/export/terraform
	@$(BIN)/python -m tests.export.terraform.checkov $(CHECKOV)/bin/checkov

# All tests of screens and commands. The suite leaves some out, because they take long: walks through whole setups at the
# larger size, in more broken worlds, with a service account on every runtime, and without namespaces.
walks: $(VENV)/dev $(VENV)/node
	WIF_WIZARD_ALL_TESTS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/screens tests/terminal tests/commands

# Every sentence of the product, as a catalogue of translations would have it.
messages: $(VENV)/dev
	@$(BIN)/python -m tests.messages

# The catalogue of translations, in assets/locale, from the sentences of the product.
translations: $(VENV)/dev
	@$(BIN)/python -m tests.translations

# The help pages of the doctor's findings, in assets/help/findings, from the docstrings of its rules.
findings: $(VENV)/dev
	@$(BIN)/python -m tests.findings

# What the live test says of 63 roles, granted and not granted; the suite runs some of them.
roles-matrix: $(VENV)/dev
	@$(BIN)/python -m tests.matrix

# Every fault of assets/scenarios/faults: does the doctor name it, alone, and fix it? The suite runs some of them.
doctor-matrix: $(VENV)/dev
	@$(BIN)/python -m tests.doctor_matrix

# The suite tries some random worlds, always the same ones; this tries others, for about half an hour.
WORLDS ?= 300
worlds: $(VENV)/dev
	WIF_WIZARD_WORLDS=$(WORLDS) $(BIN)/python -m pytest tests/worlds

# Random policies, definitions, annotations and files with other writers, applied and reverted; prints one line. The
# suite tries some, always the same ones; this tries others.
POLICIES ?= 1000
policies: $(VENV)/dev
	@WIF_WIZARD_POLICIES=$(POLICIES) $(BIN)/python -m tests.properties

# Strikes each call of apply, revert, the live test and the doctor with faults, and kills each write; prints one table.
# It takes about an hour; a share of it is enough to look at: make torture SHARE=0.1. The suite runs a small part.
SHARE ?= 1
torture: $(VENV)/dev
	@WIF_WIZARD_TORTURE=$(SHARE) $(BIN)/python -m tests.torture

# Malformed requests of all kinds to a sandbox: the suite sends some thousands, always the same ones; this sends more.
ROUNDS ?= 20
fuzz: $(VENV)/dev
	WIF_WIZARD_FUZZ_ROUNDS=$(ROUNDS) $(BIN)/python -m pytest tests/fuzz

bench: $(VENV)/dev
	$(BIN)/python -m tests.bench

$(VENV)/demo: requirements-demo.txt pyproject.toml
	$(call install,requirements-demo.txt)
	@touch $@

$(VENV)/dev: requirements-dev.txt pyproject.toml
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/demo

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Installs what the file $(1) pins. The mark half-made is there until all is installed: whatever ended an earlier
# installation, even a kill, this one starts from nothing.
define install
	@if [ -e $(VENV)/half-made ]; then echo "Removing $(VENV), which an unfinished installation left."; rm -rf $(VENV); fi
	@test -x $(BIN)/python || { $(check-python); }
	@echo "Installing into $(VENV) (once; about a minute) ..."
	@mkdir -p $(VENV) && touch $(VENV)/half-made && rm -f $(VENV)/demo $(VENV)/dev
	@{ test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); } \
	&& $(PIP) --require-hashes -r $(1) && $(PIP) --no-deps --no-build-isolation -e . \
	|| { echo "The installation failed. Fix the cause, then run make again: it starts from an empty $(VENV)." >&2; exit 1; }
	@rm $(VENV)/half-made
endef

# Says in one line what is wrong with $(PYTHON), and what to do.
ANOTHER = make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12
define check-python
fail() { echo "$(PYTHON) $$1: $(ANOTHER)" >&2; exit 1; }; \
	command -v $(PYTHON) >/dev/null || fail "was not found. Install Python 3.11 or newer, then name it"; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| fail "is $$($(PYTHON) -V 2>&1), but wif-wizard needs 3.11 or newer. Name another"; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	|| fail "has no venv module. Install it (Debian, Ubuntu: apt install python3-venv), or name another Python"
endef

# Node's library is one of the judges; without npm its tests skip and say so.
$(VENV)/node: tests/oracles/node/package.json | $(VENV)/dev
	if command -v npm >/dev/null; then \
	  cp tests/oracles/node/package*.json $(VENV)/ && npm ci --prefix $(VENV) --silent --no-audit --no-fund; fi
	touch $@

# Clients for Python and for Node, in an environment of their own: the product has none of them.
$(JUDGES)/judges: requirements-judges.txt tests/judges/package-lock.json | $(VENV)/dev
	rm -rf $(JUDGES)
	$(BIN)/uv venv --quiet --python $(BIN)/python $(JUDGES)
	$(BIN)/uv pip install --quiet --python $(JUDGES)/bin/python --require-hashes -r requirements-judges.txt
	if command -v npm >/dev/null; then \
	  cp tests/judges/package*.json $(JUDGES)/ && npm ci --prefix $(JUDGES) --silent --no-audit --no-fund; fi
	touch $@

# checkov has many dependencies, which nothing else needs.
$(CHECKOV)/checkov: | $(VENV)/dev
	rm -rf $(CHECKOV)
	$(BIN)/uv venv --quiet --python $(BIN)/python $(CHECKOV)
	$(BIN)/uv pip install --quiet --python $(CHECKOV)/bin/python 'checkov>=3.2'
	touch $@

# New pins: hashes, but no addresses. A version that is pinned already stays, as long as pyproject.toml allows it.
PINS = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml
pins: $(VENV)/dev
	$(PINS) -o requirements.txt
	$(PINS) --extra demo --group build -o requirements-demo.txt
	$(PINS) --all-extras --group build -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group judges -o requirements-judges.txt

clean:
	rm -rf $(VENV) $(LOWEST) $(JUDGES) $(CHECKOV) build dist *.egg-info
