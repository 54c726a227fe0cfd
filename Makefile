# Everything here needs only Python 3.11 or newer, and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# One more than two cores: much of the suite waits.
WORKERS ?= 3

.PHONY: demo test check bench pins clean

demo: $(VENV)/demo
	$(BIN)/wif-wizard demo

test: $(VENV)/dev $(VENV)/node
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev
	$(BIN)/python -m tests.bench

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: requirements-demo.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-demo.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/demo

# Node's library is one of the judges; without npm its tests skip and say so.
$(VENV)/node: tests/oracles/node/package.json
	mkdir -p $(VENV)
	if command -v npm >/dev/null; then \
	  cp tests/oracles/node/package*.json $(VENV)/ && npm ci --prefix $(VENV) --silent --no-audit --no-fund; fi
	touch $@

# New pins: hashes, but no addresses. Needs uv.
pins:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra demo --group build pyproject.toml -o requirements-demo.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras --group build pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) build *.egg-info
