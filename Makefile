# Two commands on a fresh machine do everything: make run, make test.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PYTHON
.PHONY: help run test check setup bench bench-service messages docs lock

help: ## Says what each target does.
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

run: setup ## Starts the site and its worker, with the 2013 programme in it, on http://127.0.0.1:8000 (PORT=9000 to choose).
	@$(BIN)/essaim run --port $(PORT)

setup: ## Installs what running needs in .venv, and nothing else.
	@scripts/setup run

test: ## Installs what tests need, then runs them on SQLite, on PostgreSQL, and in a browser.
	@scripts/setup dev
	@scripts/system
	@$(BIN)/essaim messages --compile
	$(BIN)/pytest -m "not browser"
	scripts/with-postgresql $(BIN)/pytest -m "both and not browser"
	$(BIN)/pytest -m browser -p no:randomly

check: ## Checks style, types, directions of imports, migrations, generated documents and translations.
	@scripts/setup dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files 'src/*.html' | xargs -r $(BIN)/djade --target-version 5.2 --check
	$(BIN)/essaim manage check --fail-level WARNING
	$(BIN)/essaim manage makemigrations --check --dry-run
	$(BIN)/essaim docs --check
	$(BIN)/essaim messages --check

bench: ## Measures the engine beside its peers, in the same run, and writes docs/benchmarks.md (QUICK=1: small sizes).
	@scripts/setup run
	@scripts/peers || echo "The peers could not be installed: Essaim is measured alone." >&2
	PYTHONPATH=src $$([ -f .venv-bench/.ready ] && echo .venv-bench || echo .venv)/bin/python -m bench $(if $(QUICK),--quick)

bench-service: ## Measures the whole service on SQLite and on PostgreSQL, and writes docs/measures.md (SHARE=0.25: shorter).
	@scripts/setup dev
	@scripts/system
	PYTHONPATH=src:. $(BIN)/python -m bench.service --share $(or $(SHARE),1)
	DURABLE=1 PYTHONPATH=src:. scripts/with-postgresql $(BIN)/python -m bench.service --share $(or $(SHARE),1)
	PYTHONPATH=src:. $(BIN)/python -m bench.service --write

messages: ## Adds new French texts to the English catalogues, to be translated.
	@scripts/setup dev
	@$(BIN)/essaim messages

docs: ## Writes the generated documents again.
	@scripts/setup dev
	@$(BIN)/essaim docs

lock: ## Chooses the newest versions again and pins them by hash.
	@scripts/setup dev
	@for kind in run dev; do \
	  .tools/bin/uv pip compile pyproject.toml -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate --no-emit-index-url --extra s3 --extra build $$([ $$kind = dev ] && echo --extra dev) \
	    -o requirements/$$kind.txt; done
