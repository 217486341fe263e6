# lossviz. `make` or `make help` lists what can be made.

HOST ?= 127.0.0.1
PORT ?= 8501
DEVICE ?= $(or $(LOSSVIZ_DEVICE),auto)
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
# Streamlit's own greeting asks a server on the internet for this machine's address.
QUIET := --server.headless true --logger.hideWelcomeMessage true
SHAPES := -p tests.shapes --jaxtyping-packages=lossviz,'beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True,is_random=False))'

# What was compiled is kept: without, every start of a worker, a server or a command takes twice as long or more.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run install tools browser nginx test test-all golden check format bench verify fonts clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/installed ## install what is needed, then serve the app
	@$(BIN)/python -m lossviz.core.hosts $(HOST) $(PORT)
	@LOSSVIZ_DEVICE=$(DEVICE) $(BIN)/python -m streamlit run app.py --server.address $(HOST) --server.port $(PORT) $(QUIET)

install: .venv/installed ## what the app needs, into .venv

.venv/installed: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing requirements.txt into .venv (torch is large; the first time takes minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

tools: .venv/tools ## what tests and checks need, into .venv

.venv/tools: .venv/installed
	@echo "installing the tools into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e '.[tools]'
	@touch $@

browser: .venv/tools ## a Chromium for the browser tests, if none is there
	@$(BIN)/python tests/browser/chromium.py --install

nginx: .venv/tools ## an nginx for the tests of two replicas, if none is there
	@$(BIN)/python tests/deploy/nginx.py --install

test: .venv/tools browser nginx ## the whole suite
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup $(SHAPES)

test-all: .venv/tools browser nginx ## the suite and the slow full-size runs
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup -m '' $(SHAPES)

golden: .venv/installed ## only the original programs' numbers (LOSSVIZ_GOLDEN=FOLDER for others)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check pytest
	@$(BIN)/python -m pytest -m golden

check: .venv/tools ## format, lint, types, import rules, unused dependencies
	@$(BIN)/ruff format --check --quiet . || (echo "run: make format"; exit 1)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > .venv/imports.log 2>&1 || (cat .venv/imports.log; exit 1)
	@$(BIN)/deptry . > .venv/deptry.log 2>&1 || (cat .venv/deptry.log; exit 1)
	@echo "check: all good"

format: .venv/tools ## put the code into its form
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

bench: .venv/tools browser nginx ## how fast it is here: engine, browser, many visitors
	@$(BIN)/python -m lossviz bench
	@for gradient in published true; do $(BIN)/python -m lossviz race --points 5000 --gradient $$gradient; done
	@$(BIN)/python tests/browser/bench.py

verify: .venv/tools ## write assets/verified.json: reference files and largest deviations, as the pages show them
	@PYTHONPATH=tests $(BIN)/python tests/verify.py

fonts: .venv/tools ## cut the font for exported pictures to the characters the catalogues use
	@$(BIN)/python assets/fonts/subset.py

clean: ## remove .venv and caches
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
