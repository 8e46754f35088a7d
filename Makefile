# Jangkau: everything a developer needs. Works with Python 3.11 or newer and make, on a fresh clone.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: install install-spark install-yardsticks demo test check bench format
.DEFAULT_GOAL := install

# install: make .venv with the engine, the command line and the test tools
install: $(INSTALLED)

$(INSTALLED): requirements/jangkau.lock pyproject.toml scripts/install
	@PYTHON="$(PYTHON)" bash scripts/install
	@touch $@

# install-spark: add Apache Spark and its Java, for jangkau link --engine spark and its tests
install-spark: .venv/.installed-spark

# install-yardsticks: add what the benchmarks measure against (Splink and others)
install-yardsticks: .venv/.installed-yardsticks

.venv/.installed-spark: requirements/spark.lock requirements/spark-build.lock | $(INSTALLED)
	@PYTHON="$(PYTHON)" bash scripts/install spark
	@touch $@

.venv/.installed-yardsticks: requirements/yardsticks.lock | $(INSTALLED)
	@PYTHON="$(PYTHON)" bash scripts/install yardsticks
	@touch $@

# demo: invent two provinces, run the job on them, compare the result with the truth, start the platform (SERVE=no: do not)
demo: install
	@SERVE="$(SERVE)" PORT="$(PORT)" bash scripts/demo

# test: run every test; print how many ran and what they cover
test: install
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered

# check: formatting, lint, types, import directions, migrations, translations, links in the documentation
check: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/check_migrations.py
	@$(BIN)/python scripts/translations.py --check
	@$(BIN)/python scripts/check_docs.py

# bench: measure the claims and write benchmarks/RESULTS.md; SCALE=0.1 for smaller sizes, ONLY=febrl4,national for some
bench: install install-yardsticks
	@$(BIN)/python -m benchmarks.results --scale $(or $(SCALE),1) $(if $(ONLY),--only $(ONLY))

# format: put the code into the one form that check asks for
format: install
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .
