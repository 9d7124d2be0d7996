# The commands of the project. `make` alone lists them. Options: PORT, WALLET_PORT, PYTHON, ARGS (for pytest).

.DEFAULT_GOAL := help
.PHONY: help run test audit sbom screenshots test-database check format bench chaos cluster backup restore clean lock messages \
	check-format check-lint check-types check-borders check-templates check-migrations \
	check-translations check-deploy
MAKEFLAGS += --no-print-directory

# The first Python of at least 3.11, or the one you name: make run PYTHON=/path/to/python3.12
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done)
PY := .venv/bin/python

# One stamp per content of a requirements file: the same content is installed once.
stamp = .venv/.$(1)-$(firstword $(shell cat requirements/$(1).txt | cksum))
RUN_READY := $(call stamp,local)
DEV_READY := $(call stamp,dev)

define install
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer is needed and was not found: install it, or name it with PYTHON=/path/to/python3.12."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, $(PYTHON) is older or missing: name another with PYTHON=/path/to/python3.12."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)."; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	@echo "Installing requirements/$(1).txt into .venv (once, a minute or two) ..."
	@$(PY) -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements/$(1).txt
endef

$(RUN_READY):
	$(call install,local)
	@touch $@

# The development requirements contain those to run.
$(DEV_READY):
	$(call install,dev)
	@touch $(RUN_READY) $@

help:
	@echo "make run       the whole project on this machine, with demo data: http://127.0.0.1:8000"
	@echo "make test      all tests (ARGS='tests/places -k merger' for some)"
	@echo "make check     format, lint, types, import borders, templates, migrations, translations, deployment"
	@echo "make format    put code and templates into their form"
	@echo "make bench     benchmarks against a reference measured in the same run: var/bench.json (ARGS='ledger payments' for some)"
	@echo "make screenshots  every page, both languages, three widths, judged by axe: var/screenshots (ARGS='--shop URL' of a running one)"
	@echo "make chaos     kill -9 of every process in the middle of 200 payments: var/chaos.json (ARGS='--seed 7' to repeat a run)"
	@echo "make cluster   2 shops, 2 workers, 2 schedulers, primary, replica, pooler and proxy on this machine (ARGS=test: the browser tests on it)"
	@echo "make backup    copy databases and pictures into var/backups, and keep every change from then on"
	@echo "make restore POINT='2026-11-23 09:59:59'   make them again as they were then, beside what is there"
	@echo "make audit     known holes in the locked packages (asks the internet, and says when it could not)"
	@echo "make sbom      the list of what is inside, as CycloneDX: var/sbom"
	@echo "make messages  collect the strings to translate into frontend/locale"
	@echo "make lock      compile requirements/*.in into locked requirements (needs uv)"
	@echo "make clean     remove .venv and var, the local data included"

run: $(RUN_READY)
	@$(PY) -m marketplace.local

test: $(DEV_READY)
	@$(PY) -m marketplace.local.assets
	@$(PY) -m pytest -n 2 --dist loadscope $(ARGS)

# Migrating takes a minute of one core, which `make test` would wait for.
test-database: $(DEV_READY)
	@$(PY) -m tests.database

bench: $(DEV_READY)
	@$(PY) -m tests.benchmarks $(ARGS)

screenshots: $(DEV_READY)
	@$(PY) -m tests.gallery $(ARGS)

chaos: $(DEV_READY)
	@$(PY) -m tests.chaos $(ARGS)

audit: $(DEV_READY)
	@$(PY) -m tests.security.audit audit $(ARGS)

sbom: $(DEV_READY)
	@$(PY) -m tests.security.audit sbom

backup: $(RUN_READY)
	@$(PY) -m marketplace.cluster.backups backup

restore: $(RUN_READY)
	@$(PY) -m marketplace.cluster.backups restore "$(POINT)"

cluster: $(DEV_READY)
	@$(PY) -m marketplace.cluster $(ARGS)

messages: $(DEV_READY)
	@$(PY) -m marketplace.local.translations collect

check: check-format check-lint check-types check-borders check-templates check-migrations \
	check-translations check-deploy
	@echo "All checks passed."

format: $(DEV_READY)
	@.venv/bin/ruff check --fix --quiet || true
	@.venv/bin/ruff format
	@.venv/bin/djade --target-version 5.2 $(TEMPLATES)

check-format: $(DEV_READY)
	@.venv/bin/ruff format --check

check-lint: $(DEV_READY)
	@.venv/bin/ruff check

# Two projects, two runs: each model's type depends on its project's settings.
check-types: $(DEV_READY)
	@DJANGO_SETTINGS_MODULE=marketplace.settings.test .venv/bin/mypy --exclude '^payments/simulator/'
	@DJANGO_SETTINGS_MODULE=payments.simulator.settings WALLET_DATABASE_URL=postgres://unused@/unused \
		.venv/bin/mypy --cache-dir .mypy_cache/simulator payments/simulator

check-borders: $(DEV_READY)
	@.venv/bin/lint-imports --no-logo

TEMPLATES = $(shell git ls-files --cached --others --exclude-standard '*.html')
check-templates: $(DEV_READY)
	@.venv/bin/djade --check --target-version 5.2 $(TEMPLATES)
	@.venv/bin/djlint --lint --quiet $(TEMPLATES)

check-migrations: $(DEV_READY)
	@$(PY) manage.py makemigrations --check --dry-run
	@DJANGO_SETTINGS_MODULE=marketplace.settings.test $(PY) -m tests.migrations
	@DJANGO_SETTINGS_MODULE=payments.simulator.settings $(PY) manage.py makemigrations --check --dry-run

check-translations: $(DEV_READY)
	@$(PY) -m marketplace.local.translations check

# Production's settings with everything they ask for, none of it real. Nothing connects anywhere.
DEPLOYMENT = DJANGO_SETTINGS_MODULE=marketplace.settings.prod DATABASE_URL=postgres://unused@/unused \
	REDIS_URL=redis://unused ALLOWED_HOSTS=shop.example PUBLIC_BASE_URL=https://shop.example \
	WALLET_BASE_URL=https://wallet.example MESSAGES_URL=https://messages.example SECRET_KEY=$$(head -c 60 /dev/urandom | base64 | tr -d '\n') \
	$(foreach operator,VIETTEL VNPT MOBIFONE,WALLET_$(operator)_PASSWORD=unused WALLET_$(operator)_CALLBACK_SECRET=unused)
check-deploy: $(DEV_READY)
	@$(DEPLOYMENT) $(PY) -m django check --deploy --fail-level WARNING

clean:
	@test ! -e var -o ! -x $(PY) || $(PY) -m marketplace.local.services down || true
	@rm -rf .venv var

UV_COMPILE = uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11
lock:
	@cd requirements && $(UV_COMPILE) base.in -o base.txt
	@cd requirements && $(UV_COMPILE) wallet.in -o wallet.txt
	@cd requirements && $(UV_COMPILE) local.in -c base.txt -o local.txt
	@cd requirements && $(UV_COMPILE) dev.in -c local.txt -o dev.txt
