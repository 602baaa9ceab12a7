# Everything runs in a virtual environment made here; continuous integration runs these targets.
PYTHON ?= python3
VENV ?= .venv
PIP = $(VENV)/bin/python -m pip install --quiet --constraint .ci/constraints.txt
INSTALLED = $(VENV)/.installed

.PHONY: demo test test-slow lint format docs bench clean

demo: $(INSTALLED)  ## Search over losses on generated messages, print the table, draw it, save the model.
	$(VENV)/bin/python examples/demo.py

test: lint  ## Run the fast tests and the doctests.
	$(VENV)/bin/python -m pytest -n 2

test-slow: $(INSTALLED)  ## Run the tests that take longer.
	$(VENV)/bin/python -m pytest -n 2 -m slow

lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

format: $(INSTALLED)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

docs: $(INSTALLED)  ## Write the pages that are made from the code.
	$(VENV)/bin/python docs/make_pages.py

bench: $(INSTALLED)  ## Print the figures of benchmarks/README.md.
	$(VENV)/bin/python benchmarks/run_all.py

$(INSTALLED): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sktext needs Python 3.11 or newer")'
	@echo "Making $(VENV) and installing; the first time takes some minutes."
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch
	$(PIP) --editable ".[test,plot]"
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache demo_output pictures
