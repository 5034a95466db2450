# The verbs of this project. Everything is installed into .venv, everything a run makes is in .ragline.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo check test lint bench up down

help: ## List the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-7s %s\n", $$1, $$2}'

setup: $(READY) ## Create .venv with everything in it (again only when pyproject.toml or constraints.txt changed)

$(READY): pyproject.toml constraints.txt deploy/setup.sh
	@deploy/setup.sh $(VENV)
	@touch $@

demo: setup ## Start Airflow, take a real corpus to a promoted release, search it, stop everything
	@PYTHONPATH=$(CURDIR)/deploy $(BIN)/python -m ragline_local demo

up: setup ## Start Airflow and MLflow for every pipeline and leave them open; PIPELINE=name runs the line of one
	@PYTHONPATH=$(CURDIR)/deploy $(BIN)/python -m ragline_local up $(PIPELINE)

down: setup ## Stop what 'make up' left running
	@PYTHONPATH=$(CURDIR)/deploy $(BIN)/python -m ragline_local down

check: lint ## Before a commit: the linters, and every test that starts no Spark, Airflow, model server or README command
	@$(BIN)/python -m pytest -m "not spark and not airflow and not serving and not readme" --durations 10 $(ARGS)

test: setup ## Run the whole suite
	@$(BIN)/python -m pytest $(ARGS)

lint: setup ## Check style, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@MYPYPATH=jobs:plugins:deploy $(BIN)/mypy -p ragline_airflow
	@PYTHONPATH=jobs:plugins:deploy $(BIN)/lint-imports

bench: setup ## Measure the line, stage by stage; the other benchmarks are run by hand (benchmarks/README.md)
	@$(BIN)/python benchmarks/line.py $(ARGS)
