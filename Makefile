# What a stranger needs: python3 with venv, git, make and a C compiler. Everything else goes into .venv.
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test check bench clean

# The whole story on real processes over loopback; exit 0 only if every step held.
demo: $(INSTALLED)
	$(BIN)/rogatory demo --once

# Every check: lint, format, types, import contracts, tests, coverage.
test: check
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=85
	$(BIN)/python tests/coverage_floor.py

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What we claim about speed, as JSON lines.
bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

$(INSTALLED): requirements.lock pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf $(VENV) .coverage* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
