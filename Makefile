# Everything runs from .venv, which is made from requirements.lock. What stands already costs a fraction of a second.
.DEFAULT_GOAL := help
.PHONY: help run test test-fast check fix oracle bench pictures lock wheel image image-test clean editor ready ready-test
MAKEFLAGS += --no-print-directory

# python3 where it is one that TensorFlow has wheels for, else the newest of those, else a newer one.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo "$$p" && exit; done; \
	for p in python3 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && exit; done)
py := .venv/bin/python
# No .pyc of tools/ and the like from here matter; no TensorFlow banner in tests.
export TF_CPP_MIN_LOG_LEVEL ?= 3
export KERAS_BACKEND ?= tensorflow

help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: ready editor ## serve the editor on http://127.0.0.1:8000 (or the next free port)
	@exec $(py) -m tools.serve

test: ready-test editor check ## install what the tests need and run them all
	@$(py) -m tests.e2e.chromium
	@$(py) -m tools.editor run vitest/vitest.mjs run
	@$(py) -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

test-fast: ready-test ## the tests without Keras and browser, in seconds
	@$(py) -m pytest -m "not keras and not browser"

check: ready-test ## judge: formatting, lint, types
	@$(py) -m ruff format --check --quiet .
	@$(py) -m ruff check --quiet .
	@$(py) -m mypy
	@$(py) -m tools.editor run typescript/bin/tsc --noEmit
	@$(py) -m tools.editor run eslint/bin/eslint.js --max-warnings 0 .

fix: ready-test ## rewrite what the tools can decide
	@$(py) -m ruff check --quiet --fix-only .
	@$(py) -m ruff format --quiet .
	@$(py) -m tools.editor run eslint/bin/eslint.js --fix .

oracle: ready-test ## ask the installed Keras everything again and record its answers
	@$(py) -m tests.oracle.record
	@$(py) -m tests.tracebacks.record

bench: ready-test editor ## measure; the figures go into docs/benchmarks.md
	@$(py) -m tools.install bench
	@$(py) -m bench

pictures: ready-test editor ## take the pictures of README and docs/editor.md anew
	@$(py) -m tests.e2e.chromium
	@PICTURES=1 $(py) -m pytest -q tests/e2e/test_journey.py tests/e2e/test_reading.py tests/e2e/test_building.py tests/e2e/test_keeping.py

lock: ready ## write requirements.lock anew
	@$(py) -m tools.install lock
	@.venv/bin/uv pip compile --quiet pyproject.toml --extra train --group test --group bench --group build --group node --group lock \
		--universal --upgrade --generate-hashes --no-header --output-file requirements.lock

wheel: ready editor ## build the wheel, with the editor in it, into dist/
	@$(py) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

image: $(py) ## build the container image, with docker or buildah (BASE, TAG: docs/deploy.md)
	@$(py) -m tools.image

image-test: wheel ## build it where no engine and no registry is, and walk through it (root, some 10 minutes)
	@$(py) -m tools.image_test $(KEEP)

clean: ## remove what was built, the environment included
	rm -rf .venv static/dist frontend/node_modules tests/e2e/browser/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready: $(py)
	@$(py) -m tools.install run build project train

ready-test: ready
	@$(py) -m tools.install test

editor: $(py)
	@$(py) -m tools.editor build

$(py):
	@test -n "$(PYTHON)" || { echo "Layerwright needs Python 3.11 or newer on PATH, or make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module. Debian and Ubuntu: apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
