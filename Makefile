# The front door. What CI runs is one of these, and every one of them runs on a laptop.
# `make run GPU=1` and friends take TensorFlow with CUDA instead of the CPU. `make setup LIGHT=1`
# takes PyYAML alone out of the same lock: enough to tell whether a proposal touches a model.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
LOCK := requirements/$(if $(GPU),gpu,run).txt
READY := .venv/.ready-$(if $(LIGHT),light,$(notdir $(LOCK)))
# The tools of tests and Evidently come on top, with the first target that needs them.
ALL := .venv/.ready-all.txt
UV = $(or $(shell command -v uv),.uv/bin/uv)
ONE = awk '/^pyyaml==/,!/\\$$/' $(LOCK) | $(UV) pip install -r -
INSTALL = $(if $(LIGHT),$(ONE),$(UV) pip sync $(LOCK))
BIN := .venv/bin
SOURCES := src tests benchmarks
TOOLS := engine/tools/bin/.ready
NODE := engine/src/mainline/preview/js/node_modules/.ready
# The image of our commands, named as k8s/components/smoke names it. CI's is the same call.
ENGINE ?= $(firstword $(foreach name,docker podman buildah,$(if $(shell command -v $(name)),$(name))))
IMAGE := ghcr.io/your-org/customer-churn
NOBODY := $(subst _,-,your_org)# spelled apart: a new project's owner would take its place
VERSION = $(shell awk -F '"' '/^version = / {print $$2; exit}' pyproject.toml)
REVISION = $(shell git rev-parse HEAD)
TAG = $(VERSION)-$(shell echo $(REVISION) | cut -c1-12)$(if $(filter gpu,$(TARGET)),-gpu)

.DEFAULT_GOAL := help
.PHONY: help setup run preview propose rules try snapshot drift serve image image-name tools test lint format check e2e nightly lock clean bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## the whole loop: pipeline, gate, comment, record
	@$(BIN)/mainline run

propose: setup ## what CI does with a pull request, without posting and pushing
	@$(BIN)/mainline propose

preview: setup $(NODE) ## the comment in a browser as GitHub would show it (FILE=dist/model-card.md)
	@$(BIN)/mainline preview $(FILE) $(ARGS)

rules: setup ## apply .github/rulesets to the repository, through gh (DRY=1: show what would change)
	@$(BIN)/mainline rules $(if $(DRY),--dry-run)

try: setup ## your own data in a scratch copy: make try PARAMS=file.yaml DATA=file.csv
	@test -n "$(PARAMS)" || { echo "usage: make try PARAMS=file.yaml [DATA=file-or-url]"; exit 1; }
	@$(BIN)/mainline try --params "$(PARAMS)" $(if $(DATA),--data "$(DATA)") $(if $(INTO),--into "$(INTO)")

snapshot: setup ## what became known at the live source: make snapshot AS_OF=2026-07-31
	@$(BIN)/mainline snapshot $(if $(AS_OF),--as-of "$(AS_OF)") $(ARGS)

drift: $(ALL) ## how far the training rows have moved from main's, with Evidently's page
	@$(BIN)/mainline drift --page

serve: setup ## the model that staging runs, answering on this machine (ARGS="--with embedded")
	@$(BIN)/mainline serve $(ARGS)

image: ## the image of our commands (TARGET=gpu: with CUDA; ENGINE=, FLAGS=, PUSH=1)
	@test -n "$(ENGINE)" || { echo "make image needs docker, podman or buildah on PATH"; exit 1; }
	$(ENGINE) build --target $(or $(TARGET),cli) --build-arg REVISION=$(REVISION) --tag $(IMAGE):$(TAG) $(FLAGS) .
	$(if $(PUSH),$(if $(findstring /$(NOBODY)/,$(IMAGE)),@echo "not pushed: $(NOBODY) is nobody",$(ENGINE) push $(IMAGE):$(TAG)))

image-name:
	@echo $(IMAGE):$(TAG)

# Where the interpreter is told to write no .pyc files, every process would compile every test.
test check e2e nightly: export PYTHONDONTWRITEBYTECODE :=

test: $(ALL) ## the suite, with Python alone (COVERAGE=1: branch coverage, at least 90 %)
	$(BIN)/pytest -m "not check and not e2e and not nightly" -n auto --maxprocesses 4 --dist worksteal $(if $(COVERAGE),--cov --cov-fail-under=90)

lint: $(ALL) ## formatting, style, types
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy

format: $(ALL) ## put formatting and imports right
	@$(BIN)/ruff check --fix --exit-zero --quiet $(SOURCES) >/dev/null
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

check: $(ALL) $(TOOLS) $(NODE) ## what needs more than Python (Node.js, Go, kubectl, Chromium)
	@command -v kubectl >/dev/null || { echo "make check needs kubectl on PATH (https://kubernetes.io/docs/tasks/tools)"; exit 1; }
	$(BIN)/pytest -m "check and not nightly"

e2e: $(ALL) $(TOOLS) ## minutes long: fresh clones, a rendered project, workflows that run (Go)
	$(BIN)/pytest -m "e2e and not nightly" -n auto --maxprocesses 2 --dist loadfile

nightly: $(ALL) ## slow statistics, fuzzing, outages (COVERAGE=1: with that of test, at least 90 %)
	$(BIN)/pytest -m nightly -n auto --maxprocesses 4 --dist loadfile $(if $(COVERAGE),--cov --cov-append --cov-fail-under=90)

bench: $(ALL) $(TOOLS) ## speed and memory beside the usual ways, into docs/performance.md (ONLY=name)
	@$(BIN)/python benchmarks/bench.py $(ONLY)
	$(if $(ONLY),,@$(BIN)/python benchmarks/rollback.py)

tools: $(TOOLS) ## build the tools of tools/go.mod (kustomize, actionlint, crane) into tools/bin

lock: $(UV) ## resolve the requirements anew, within pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version=3.11 pyproject.toml --extra=loop --extra=page --extra=dev --output-file=requirements/all.txt
	$(UV) pip compile -q --universal --generate-hashes --python-version=3.11 pyproject.toml --constraints=requirements/all.txt --output-file=requirements/train.txt
	$(UV) pip compile -q --universal --generate-hashes --python-version=3.11 pyproject.toml --extra=loop --constraints=requirements/all.txt --output-file=requirements/run.txt
	$(UV) pip compile -q --universal --generate-hashes --python-version=3.11 pyproject.toml --extra=loop --extra=gpu --constraints=requirements/all.txt --output-file=requirements/gpu.txt

clean: ## the environment and every output that can be made again
	rm -rf .venv .uv tools/bin tools/node_modules data/*.parquet data/split data/validation.json models dist reports build

setup: $(READY)

# Compiled at once: an interpreter that may not write .pyc files would do it at every import.
$(READY): $(LOCK) pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "This needs Python 3.11, 3.12 or 3.13; found: $$($(PYTHON) --version 2>&1). Try: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv from $(LOCK) ($(if $(LIGHT),PyYAML alone,once: 2.9 GB))"
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
	@$(INSTALL) -q --python $(BIN)/python --require-hashes --compile-bytecode
	@$(UV) pip install -q --python $(BIN)/python --no-deps --editable .
	@rm -f .venv/.ready-*
	@touch $@

$(ALL): requirements/all.txt $(READY) | $(UV)
	@echo "Adding the tools of $< to .venv (once)"
	@$(UV) pip install -q --python $(BIN)/python --no-deps --require-hashes --compile-bytecode -r $<
	@touch $@

.uv/bin/uv:
	@echo "Getting uv into .uv"
	@$(PYTHON) -m venv .uv
	@.uv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt

# Of the versions and checksums in tools/go.sum; no C compiler is needed.
$(TOOLS): tools/go.mod tools/go.sum $(wildcard tools/argo/*.go)
	@command -v go >/dev/null || { echo "This needs Go 1.25 or later on PATH (https://go.dev/dl)"; exit 1; }
	@echo "Building the tools of tools/go.mod into tools/bin (once)"
	@cd tools && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOBIN="$(CURDIR)/tools/bin" go install tool
	@touch $@

$(NODE): tools/package.json tools/package-lock.json
	@command -v npm >/dev/null || { echo "This needs Node.js 20 or later, with npm, on PATH (https://nodejs.org)"; exit 1; }
	@echo "Installing the packages of tools/package-lock.json (once)"
	@npm ci --prefix tools --silent --ignore-scripts
	@touch $@
