# Two commands: `make grade` grades submissions_example/, `make test` checks and tests everything.
# Each sets up its own environment in .venv from requirements.lock when that is missing or older than the lock.

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready

.PHONY: grade test system benchmark clean

grade: $(READY)
	$(VENV)/bin/grade submissions_example

test: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/pytest -n 2 --dist loadfile --ignore tests/test_attacks.py
	$(VENV)/bin/pytest -n 2 --dist load tests/test_attacks.py

benchmark: $(READY)
	$(VENV)/bin/python benchmarks/spine.py

# Optional at run time: bubblewrap for one more layer of the wall, a browser and fonts to look at the pages.
system:
	@if command -v apt-get >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then run=; else run=sudo; fi; \
	  $$run apt-get update -qq && $$run apt-get install -y -qq bubblewrap chromium fonts-dejavu-core >/dev/null; \
	else echo "no apt-get here: install bubblewrap by hand for one more layer of the wall"; fi

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Gradebound needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Say make PYTHON=python3.12, for example.")'
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[test]'
	touch $@

clean:
	rm -rf $(VENV) results .mypy_cache .ruff_cache .pytest_cache
