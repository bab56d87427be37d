# The front door. What CI runs is one of these, and every one of them runs on a laptop.
# `make run GPU=1` and friends take TensorFlow with CUDA instead of the CPU.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
LOCK := requirements/$(if $(GPU),gpu,all).txt
READY := .venv/.ready-$(notdir $(LOCK))
UV = $(or $(shell command -v uv),.uv/bin/uv)
BIN := .venv/bin
SOURCES := src tests cookiecutter

.DEFAULT_GOAL := help
.PHONY: help setup run propose try test lint format check e2e lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## the whole loop: pipeline, gate, comment, record
	@$(BIN)/customer-churn run

propose: setup ## what CI does with a pull request, without posting and pushing
	@$(BIN)/customer-churn propose

try: setup ## your own data in a scratch copy: make try PARAMS=file.yaml DATA=file.csv
	@test -n "$(PARAMS)" -a -n "$(DATA)" || { echo "usage: make try PARAMS=file.yaml DATA=file-or-url"; exit 1; }
	@$(BIN)/customer-churn try --params "$(PARAMS)" --data "$(DATA)" $(if $(INTO),--into "$(INTO)")

test: setup ## the suite, with Python alone (COVERAGE=1: branch coverage, at least 90 %)
	$(BIN)/pytest -m "not check and not e2e" -n auto --maxprocesses 4 $(if $(COVERAGE),--cov --cov-fail-under=90)

lint: setup ## formatting, style, types
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy

format: setup ## put formatting and imports right
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

check: setup ## what needs pinned tools beyond Python (Node); installs them
	@command -v npm >/dev/null || { echo "make check needs Node.js 20 or later, with npm, on PATH"; exit 1; }
	npm ci --prefix tools --silent
	$(BIN)/pytest -m check

e2e: setup ## minutes long: a newcomer's fresh clone, a rendered project, your own data
	$(BIN)/pytest -m e2e

lock: $(UV) ## resolve the requirements anew, within pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --extra loop --extra dev pyproject.toml -o requirements/all.txt
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 -c requirements/all.txt pyproject.toml -o requirements/train.txt
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.11 --extra loop --extra dev --extra gpu -c requirements/all.txt pyproject.toml -o requirements/gpu.txt

clean: ## the environment and every output that can be made again
	rm -rf .venv .uv data/*.parquet data/split data/validation.json models dist reports build

setup: $(READY)

# Compiled at once: an interpreter that may not write .pyc files would do it at every import.
$(READY): $(LOCK) pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "This needs Python 3.11, 3.12 or 3.13; found: $$($(PYTHON) --version 2>&1). Try: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv from $(LOCK) (2.7 GB, once)"
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
	@$(UV) pip sync -q --python $(BIN)/python --require-hashes --compile-bytecode $(LOCK)
	@$(UV) pip install -q --python $(BIN)/python --no-deps --editable .
	@rm -f .venv/.ready-*
	@touch $@

.uv/bin/uv:
	@echo "Getting uv into .uv"
	@$(PYTHON) -m venv .uv
	@.uv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
