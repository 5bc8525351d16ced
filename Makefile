# The one vocabulary of Telar; `make help` prints it. Without Docker everything lies below .telar/; with it, in .env, secrets/
# and Docker's volumes.
.PHONY: help demo stop status logs up down destroy env preflight test e2e check bench doctor clean install install-dev
.DEFAULT_GOAL := help

venv := .telar/venv/bin/python
python = $$(PYTHON='$(PYTHON)' sh scripts/python.sh)
embedded = $(venv) -m telar.embedded
workers = $(if $(args),0,2)
# Needs no package: a machine that only runs containers has none of ours.
compose = python=$$(PYTHON='$(PYTHON)' sh scripts/python.sh newer) && PYTHONPATH=src PYTHONDONTWRITEBYTECODE=1 "$$python" -m telar.compose

help: ## print this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install ## the platform without Docker, two batches to a model and a prediction; DEMO=NAME for another use case
	@$(embedded) demo $(DEMO)

stop: ## stop every process of the platform
	@if [ -x $(venv) ]; then $(embedded) stop; else echo "nothing runs: Telar is not installed here"; fi

status: ## programs, their health and their addresses
	@if [ -x $(venv) ]; then $(embedded) status; else echo "nothing runs: Telar is not installed here"; fi

logs: ## the last lines of every log; service=NAME for one, follow=1 to go on
	@$(embedded) logs $(if $(service),$(service)) $(if $(follow),--follow)

up: ## the platform on Docker: write .env, check, build, start, wait until healthy, print addresses and logins
	@$(compose) up

down: ## stop the platform on Docker; its data stay
	@$(compose) down

destroy: ## delete the platform on Docker with its data, after asking; yes=1 does not ask
	@$(compose) destroy $(if $(yes),--yes)

env: ## write .env and the files of its secrets, start nothing
	@$(compose) env

preflight: ## what stands against make up; starts nothing
	@$(compose) preflight

test: install-dev ## the tests that need no Docker, in two processes; args="-k ..." for some, in one; workers=N for others
	@$(venv) -m pytest --numprocesses $(workers) $(args)

e2e: install-dev ## the platform on Docker from nothing to a prediction, three times; args="-k ..." for a part
	@$(venv) -m pytest tests/e2e $(args)

check: install-dev ## style, types and floors
	@$(venv) -m ruff check . && $(venv) -m ruff format --check . && $(venv) -m mypy && $(venv) .telar/venv/bin/lint-imports

bench: install-dev ## the figures of the README, each on servers of its own; needs Docker; data=FOLDER adds quality
	@TELAR_SECRETS=./secrets docker compose build --quiet
	@for name in loading memory serving embedded images compose $(if $(data),"quality $(data)"); do \
	echo "== $$name"; $(venv) -m benchmarks.$$name || exit 1; done

doctor: ## what stands against running Telar here, and the fix
	@if [ ! -f .telar/venv/telar-stamp ]; then python=$(python) && "$$python" scripts/bootstrap.py check; \
	else $(embedded) doctor && if $(embedded) status >/dev/null; then $(venv) -m telar.cli doctor; fi; fi

clean: stop ## stop and delete everything below .telar/, the data too
	@rm -rf .telar && echo "deleted .telar/"

install:
	@python=$(python) && "$$python" scripts/bootstrap.py embedded

install-dev:
	@python=$(python) && "$$python" scripts/bootstrap.py dev
