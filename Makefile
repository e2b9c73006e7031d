# Everything a person has to type. Needs only make, git and Python >= 3.11 with venv.
#   make setup | run | test | bench        PYTHON=python3.12 make setup, PORT=8080 make run, make test ARGS="-k ledger"
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
# The tests choose their databases themselves; a DATABASE_URL of this shell is left alone.
PYTEST := $(PY) -m pytest -n 2 --dist loadfile

.PHONY: setup run test bench messages lock clean
.DEFAULT_GOAL := setup

setup: $(VENV)/installed

# Made again whenever the lock is newer; a half-made environment (no pip in it) is made from scratch.
$(VENV)/installed: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python make ...)" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# `demo` fills an empty database only, so a second `make run` changes nothing.
run: setup
	@mkdir -p var
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) demo $(if $(PASSWORD),--password '$(PASSWORD)')
	$(MANAGE) collectstatic --noinput --verbosity 0
	@echo "Open http://127.0.0.1:$(PORT)/ (stop with Ctrl-C)"
	@exec $(MANAGE) serve --listen 127.0.0.1:$(PORT)

# The whole suite on SQLite, then what rests on the database once more on a real PostgreSQL;
# the last lines say what this machine could not run. With CI set, that is a failure.
test: export NOT_RUN := var/not-run.txt
test: setup
	@mkdir -p var && rm -f var/not-run.txt
	$(MANAGE) check
	$(MANAGE) makemigrations --check --dry-run
	$(PY) -m ruff check .
	env -u DATABASE_URL $(PYTEST) $(ARGS)
	$(PY) -m tests.postgres $(PYTEST) -m both_engines $(ARGS) $(if $(ARGS),|| test $$? -eq 5)
	@if test -s var/not-run.txt; then sort -u var/not-run.txt; else echo "Every test could run on this machine."; fi

bench: setup
	$(PY) -m bench.run $(ARGS)

# For developers; needs gettext. The compiled catalogues are in the tree, so nobody else does.
messages: setup
	$(MANAGE) makemessages --locale zh_Hans --no-obsolete --no-location --ignore .venv --ignore var --ignore tests --ignore bench
	$(MANAGE) compilemessages --locale zh_Hans --ignore .venv

# For developers; needs uv. Names and hashes only: a lock with addresses fails behind mirrors and offline.
lock:
	uv pip compile --quiet --universal --generate-hashes --all-extras --python-version 3.11 \
		--no-header --no-emit-index-url --no-annotate pyproject.toml -o requirements.lock
