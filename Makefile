# The front door. What CI runs is one of these, and every one of them runs on a laptop.
# `make run GPU=1` and friends add CUDA. `make setup LIGHT=1` installs PyYAML and the engine alone:
# enough to tell whether a proposal touches a model.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
UV = $(or $(shell command -v uv),.uv/bin/uv)
BIN := .venv/bin
# Each lock holds what it adds to the ones before it. The engine has a file of its own.
LOCKS := $(patsubst %,requirements/%.txt,train run $(if $(GPU),gpu))
ENGINE := requirements/engine.txt
EDITABLE := $(shell grep '^-e ' $(ENGINE))
WHEEL := $(if $(EDITABLE),,$(ENGINE))
PYYAML = awk '/^pyyaml==/,!/\\$$/' requirements/train.txt
READY := .venv/.ready-$(if $(LIGHT),light,$(if $(GPU),gpu,run))
# The tools of tests, and Evidently. The first target that needs them installs them.
DEV := .venv/.ready-dev
# The images of our commands, named as k8s/settings names them. CI's is the same call.
BUILDER ?= $(firstword $(foreach name,docker podman buildah,$(if $(shell command -v $(name)),$(name))))
IMAGE := ghcr.io/your-org/customer-churn
NOBODY := $(subst _,-,your_org)# spelled apart: the owner's name would take its place
VERSION = $(shell awk -F '"' '/^version = / {print $$2; exit}' pyproject.toml)
REVISION = $(shell git rev-parse HEAD)
TAG = $(VERSION)-$(shell echo $(REVISION) | cut -c1-12)$(patsubst %,-%,$(filter gpu gateway,$(TARGET)))

.DEFAULT_GOAL := help
.PHONY: help setup run demo tune preview propose rules try snapshot drift serve image image-name test lint format check lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## the whole loop: pipeline, gate, comment, record
	@$(BIN)/mainline run

demo: setup ## a quarter in minutes: customers ask, data drift, a new model is proposed (ARGS="--no-browser")
	@$(BIN)/mainline demo $(ARGS)

propose: setup ## what CI does with a pull request, without posting and pushing
	@$(BIN)/mainline propose

tune: setup ## search better settings, or go on; ends in a branch (section `tune` of params.yaml)
	@$(BIN)/mainline tune

preview: setup ## the comment in a browser as GitHub would show it (FILE=dist/model-card.md; Node.js)
	@$(BIN)/mainline preview $(FILE) $(ARGS)

rules: setup ## apply .github/rulesets to the repository, through gh (DRY=1: show what would change)
	@$(BIN)/mainline rules $(if $(DRY),--dry-run)

try: setup ## your own data in a scratch copy: make try PARAMS=file.yaml DATA=file.csv
	@test -n "$(PARAMS)" || { echo "usage: make try PARAMS=file.yaml [DATA=file-or-url]"; exit 1; }
	@$(BIN)/mainline try --params "$(PARAMS)" $(if $(DATA),--data "$(DATA)") $(if $(INTO),--into "$(INTO)")

snapshot: setup ## store the new rows of the live source: make snapshot AS_OF=2026-07-31
	@$(BIN)/mainline snapshot $(if $(AS_OF),--as-of "$(AS_OF)") $(ARGS)

drift: $(DEV) ## how far the training rows have moved from main's, with Evidently's page
	@$(BIN)/mainline drift --page

serve: setup ## the model that staging runs, answering on this machine (ARGS="--with embedded")
	@$(BIN)/mainline serve $(ARGS)

image: ## the image of our commands (TARGET=gpu: with CUDA; TARGET=gateway; BUILDER=, FLAGS=, PUSH=1)
	@test -n "$(BUILDER)" || { echo "make image needs docker, podman or buildah on PATH"; exit 1; }
	$(BUILDER) build --target $(or $(TARGET),cli) --build-arg REVISION=$(REVISION) --tag $(IMAGE):$(TAG) $(FLAGS) .
	$(if $(PUSH),$(if $(findstring /$(NOBODY)/,$(IMAGE)),@echo "not pushed: IMAGE names the placeholder owner $(NOBODY)",$(BUILDER) push $(IMAGE):$(TAG)))

image-name:
	@echo $(IMAGE):$(TAG)

# Where the interpreter is told to write no .pyc files, every process would compile every test.
test: export PYTHONDONTWRITEBYTECODE :=

test: $(DEV) ## the tests of this project
	$(BIN)/pytest

lint: $(DEV) ## formatting and style
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests

format: $(DEV) ## put formatting and imports right
	@$(BIN)/ruff check --fix --exit-zero --quiet src tests >/dev/null
	$(BIN)/ruff format src tests
	$(BIN)/ruff check src tests

check: $(DEV) ## engine.yaml, the rules on manifests and workflows (kubectl or kustomize)
	$(BIN)/mainline lock --check
	$(BIN)/mainline check

COMPILE = $(UV) pip compile -q --universal --generate-hashes --python-version=3.11 pyproject.toml $(ENGINE) --no-emit-package=mainline-ml
# A package that a lock holds for every machine is left out of the next one.
export HELD = /==/ {n = $$1; sub(/==.*/, "", n); if (NF == 2 || $$3 == "python_full_version" && NF == 6 && half[n $$5]++) print "--no-emit-package=" n}
AFTER = $(patsubst %,--constraints=requirements/%.txt,$(1)) $$(awk "$$HELD" $(patsubst %,requirements/%.txt,$(1)))

lock:: | $(UV) ## resolve the requirements anew, within pyproject.toml
	@$(COMPILE) --output-file=requirements/train.txt
	@$(COMPILE) --extra=loop $(call AFTER,train) --output-file=requirements/run.txt
	@$(COMPILE) --extra=loop --extra=gpu $(call AFTER,train run) --output-file=requirements/gpu.txt
	@$(COMPILE) --extra=loop --extra=dev $(call AFTER,train run) --output-file=requirements/dev.txt

clean:: ## the environment and every output that can be made again
	rm -rf .venv .uv data/*.parquet data/split data/validation.* models dist reports

setup: $(READY)

# One call compares every hash before it installs anything. Compiled at once: an interpreter that
# may not write .pyc files would do it at every import.
$(READY): $(LOCKS) $(ENGINE) pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "This needs Python 3.11, 3.12 or 3.13; found: $$($(PYTHON) --version 2>&1). Try: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv from requirements ($(if $(LIGHT),PyYAML and the engine alone,once: 2.9 GB))"
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
ifdef LIGHT
	@{ $(PYYAML); cat /dev/null $(WHEEL); } | $(UV) pip install -q --python $(BIN)/python --no-deps --require-hashes --compile-bytecode -r -
else
	@$(UV) pip sync -q --python $(BIN)/python --require-hashes --compile-bytecode $(LOCKS) $(WHEEL)
endif
	@$(UV) pip install -q --python $(BIN)/python --no-deps --editable . $(EDITABLE)
	@rm -f .venv/.ready-*
	@touch $@

$(DEV): requirements/dev.txt $(READY) | $(UV)
	@echo "Adding the tools of $< to .venv (once)"
	@$(UV) pip install -q --python $(BIN)/python --no-deps --require-hashes --compile-bytecode -r $<
	@touch $@

.uv/bin/uv:
	@echo "Getting uv into .uv"
	@$(PYTHON) -m venv .uv
	@.uv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt

# engine-repository-only:begin
# Beside its project this repository has engine/, with commands of its own.
export PATH := $(CURDIR)/engine/tools/bin:$(PATH)
$(READY): $(wildcard engine/pyproject.toml)

.PHONY: e2e nightly cluster bench tools
e2e: engine-e2e ## minutes long: fresh clones, a new project, workflows that run (Go)
nightly: engine-nightly ## slow statistics, fuzzing, outages (COVERAGE=1: with that of test)
cluster: engine-cluster ## Workflows on a throw-away cluster, that of KUBECONFIG (kwok, Argo CD, Argo Workflows)
bench: engine-bench ## quality, speed and memory beside the usual ways, into engine/docs (ONLY=name, DATA=folder)
tools: engine-tools ## kustomize, actionlint and crane into engine/tools/bin (Go)

ifndef ONLY_PROJECT
test lint format check: %: engine-%
lock clean::
	@$(MAKE) --no-print-directory -C engine $@
endif

engine-%: $(DEV)
	@$(MAKE) --no-print-directory -C engine $*
# engine-repository-only:end
