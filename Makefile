# Everything a person does with a clone of Haihe. CONTRIBUTING.md says which check holds which rule.

PYTHON ?= python3
UV_VERSION := 0.13.9
export HAIHE_SHARED ?= ../shared

uv := .venv/.uv-$(UV_VERSION)
sync := env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never .venv/bin/uv sync --frozen --inexact
say = { echo "$(1)" >&2; exit 1; }

.PHONY: install run test test-spark test-exchange check soak bench docs bundle house

install: .venv/.whole

run: .venv/.lean
	@exec .venv/bin/haihe up

test: house
	@sh tools/chromium.sh
	@.venv/bin/pytest -n 3 -m "not soak and not spark and not exchange"

test-spark: .venv/.whole
	@$(sync) --extra spark
	@command -v java >/dev/null || $(call say,Spark needs Java 17 or newer and finds none. On Debian or Ubuntu: apt install openjdk-17-jre-headless.)
	@.venv/bin/pytest -n 0 -m spark

test-exchange: .venv/.whole
	@$(sync) --group exchange || $(call say,The library followthemoney needs ICU and a compiler. On Debian or Ubuntu: apt install libicu-dev pkg-config g++ python3-dev.)
	@.venv/bin/pytest -n 0 -m exchange

check: house
	@.venv/bin/pytest -n 2 -m "not database and not browser and not soak and not spark and not exchange"

soak: .venv/.whole
	@.venv/bin/pytest -m soak

bench: .venv/.whole
	@$(foreach file,$(sort $(wildcard benchmarks/*.py)),.venv/bin/python $(file) &&) true

docs: .venv/.whole
	@.venv/bin/typer haihe.app.cli utils docs --name haihe --output docs/commands.md
	@.venv/bin/haihe kinds --markdown > docs/kinds.md

bundle: .venv/.lean
	@sh tools/bundle.sh

house: .venv/.whole
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

$(uv):
	@command -v $(PYTHON) >/dev/null || $(call say,Haihe needs Python 3.11 or newer and finds no $(PYTHON). Install one; on Debian or Ubuntu: apt install python3 python3-venv.)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || $(call say,Haihe needs Python 3.11 or newer; $(PYTHON) is older. Install one and name it: make install PYTHON=python3.12.)
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call say,This Python cannot make an environment because ensurepip is missing. Install it and run make again; on Debian or Ubuntu: apt install python3-venv.)
	@$(PYTHON) -m venv .venv || $(call say,The folder .venv could not be made. Check that this folder is writable and that the disk is not full.)
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || $(call say,pip could not fetch uv $(UV_VERSION). Check the network; pip takes a nearer index from PIP_INDEX_URL.)
	@touch $@

.venv/.lean: uv.lock pyproject.toml $(uv)
	@$(sync) --no-dev
	@touch $@

.venv/.whole: uv.lock pyproject.toml $(uv)
	@$(sync) --all-extras --no-extra spark
	@touch .venv/.lean $@
