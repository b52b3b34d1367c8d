# Contributor's ground of crm_campaign: everything it needs lands in one folder outside the checkout,
# CRM_CAMPAIGN_HOME (default ~/.cache/crm_campaign). `make help` lists the targets.
PYTHON ?= python3
FITS = import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))
WANTED = $(PYTHON) is no Python 3.10 to 3.13: install python3, or name one with make PYTHON=...
RUN = @$(PYTHON) -c "$(FITS)" 2>/dev/null || { echo "$(WANTED)" >&2; exit 1; }; \
	exec $(PYTHON) -B dev/run.py

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint format pot bench fill shell env stop

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: ## set up, create the demo database, run the main job on the shipped contacts, print what happened
	$(RUN) demo

serve: ## serve the demo database on PORT (8069), loopback only, until Ctrl-C
	$(RUN) serve

test: ## everything the CI runs; STAGE=lint|kernels|python|po|example|install for one, ARGS="-k name" for pytest, KEEP=1 keeps databases
	$(RUN) test

lint: ## ruff, pylint-odoo, OCA checks, XML schemas, JavaScript
	$(RUN) lint

format: ## rewrite Python, XML and JavaScript the way lint wants them
	$(RUN) format

pot: ## rewrite i18n/crm_campaign.pot and merge it into i18n/fr.po
	$(RUN) pot

bench: ## measure; PART=targets|mailing|memory|form|tasks|calls|operations|closing|results, N=rows
	$(RUN) bench

fill: ## add N=10000 invented contacts and N/10 leads to DB=name (default: the demo database); SEED=2026
	$(RUN) fill

shell: ## Odoo shell on DB=name (default: the demo database)
	$(RUN) shell

env: ## print shell exports for Odoo and PostgreSQL, started if needed (eval the output of make -s env)
	$(RUN) env

stop: ## stop the database server that `make env` started
	$(RUN) stop
