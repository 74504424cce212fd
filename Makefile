# Everything here needs only python3 (3.11 or newer), make and git. PYTHON=... chooses another interpreter.
PYTHON ?= python3
UV     ?= uv
ARGS   ?=

BIN    := .venv/bin
LOCKED := .venv/locked
READY  := .venv/ready

.PHONY: help run test bench lock clean FORCE
.DELETE_ON_ERROR:

help:
	@echo "make run    compare the four tactics on the default community (ARGS='community=study_camp days=21')"
	@echo "make test   lint, types, import contracts and tests"
	@echo "make bench  speed and memory, side by side with peers"
	@echo "make lock   resolve requirements.lock anew (needs uv)"
	@echo "make clean  remove .venv, caches and builds; results in outputs/ stay"
	@echo "PYTHON=...  after any of them: the interpreter to use (3.11 or newer)"

run: $(READY)
	@$(BIN)/qunlab compare out=outputs/first $(ARGS)

test: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m tests.warm & $(BIN)/mypy; passed=$$?; wait; exit $$passed
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

bench: $(READY)
	@$(BIN)/python -m benchmarks $(ARGS)

# .venv is made from nothing when the lock, the interpreter's version or the checkout's place has changed, so that
# nothing of an older set-up lingers in it.
SIGN := $(PYTHON) -c 'import os, sys; print("%d.%d.%d in" % sys.version_info[:3], os.getcwd())'
ifneq ($(shell $(SIGN) 2>/dev/null),$(shell cat $(LOCKED) 2>/dev/null))
$(LOCKED): FORCE
endif

PIP := PIP_USE_PEP517=1 $(BIN)/python -m pip install -qq --disable-pip-version-check

# Setuptools goes first, from the lock too: one dependency comes as source alone and is built with it, not with
# whatever the registry holds that day.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Qunlab needs\
	 Python 3.11 or newer, and '$(PYTHON)' is not: name another with 'make $(MAKECMDGOALS) PYTHON=python3.12'." >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version): once, a minute or two."
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^setuptools==/,/[^\\]$$/p' requirements.lock > .venv/first.txt
	@$(PIP) --require-hashes -r .venv/first.txt
	@$(PIP) --require-hashes --no-build-isolation -r requirements.lock
	@$(SIGN) > $@

$(READY): $(LOCKED) pyproject.toml
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

lock:
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-annotate --output-file requirements.lock $(ARGS)

clean:
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
