# Everything happens inside .venv; PYTHON names the interpreter that makes it (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin
DEMO_DATABASE := demo.duckdb

.PHONY: demo test test-browser bench bench-long kill fuzz compatibility samples golden pictures clean

demo: .venv/installed  ## import samples/ into a DuckDB file and print the report
	rm -f $(DEMO_DATABASE)
	-$(BIN)/extract import samples --db $(DEMO_DATABASE)
	$(BIN)/extract report --db $(DEMO_DATABASE)

test: .venv/installed-dev  ## linter, formatter, type checker and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

test-browser: .venv/installed-dev  ## the HTML report in Debian's Chromium; installs it where it is missing
	command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[browser]'
	$(BIN)/python -m pytest tests/browser

bench: .venv/installed-dev  ## documents and forms per second, time by stage, ratio to the floor
	$(BIN)/python benchmarks/run.py

bench-long: .venv/installed-dev  ## import 100,000 forms in 40,000 documents: memory and growth
	$(BIN)/python benchmarks/archives.py --documents 40000 --growth

kill: .venv/installed-dev  ## kill an import at two hundred random moments; nothing may be torn or lost
	KILLS=200 $(BIN)/python -m pytest tests/test_interruption.py

fuzz: .venv/installed-dev  ## mutants of good input through every reader, the rules and the targets; MINUTES=5
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --editable '.[fuzz]'
	PYTHONPATH=tests nice $(BIN)/python -m fuzz --minutes $(or $(MINUTES),5)

compatibility: .venv/installed-dev  ## databases opened by DuckDB 1.5, in a venv of its own
	test -x .venv-duckdb-1.5/bin/python || $(PYTHON) -m venv .venv-duckdb-1.5
	.venv-duckdb-1.5/bin/python -m pip install --quiet --disable-pip-version-check 'duckdb==1.5.*'
	OLDER_DUCKDB=$(CURDIR)/.venv-duckdb-1.5/bin/python $(BIN)/python -m pytest tests/test_compatibility.py

samples: .venv/installed-dev  ## write samples/ anew
	$(BIN)/python tests/make_samples.py

golden: .venv/installed-dev  ## write tests/golden anew; read the difference before you commit it
	-$(BIN)/python -m pytest tests/test_golden.py --write-golden

pictures: .venv/installed-dev  ## draw the pictures of the README anew; needs Chromium
	$(BIN)/python docs/make_pictures.py

clean:
	rm -rf .venv $(DEMO_DATABASE)

.venv/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@
