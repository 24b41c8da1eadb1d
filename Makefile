# Thin: each target is one script of scripts/, which can be run by itself as well.
.DEFAULT_GOAL := help
.PHONY: help run stop reset psql db dropdb shell test lint format i18n screenshots bench
SHELL := /bin/bash

help: ## this list
	@echo "make run                starts PayDox with demo data on http://127.0.0.1:8069 (PORT=… for another port)"
	@echo "make stop               stops it"
	@echo "make reset              removes all databases of the cache; asks first (YES=1 does not ask)"
	@echo "make test               runs every check (SUITE=name[,name] some of them)"
	@echo "make test FILE=path     runs one test file quickly (K=expression: some tests of it)"
	@echo "make db DB=name         makes a fresh database with all addons in seconds (DEMO=1: with demo data)"
	@echo "make dropdb DB=name     removes it"
	@echo "make shell [DB=name]    opens Odoo's shell, or runs the script on standard input"
	@echo "make psql [DB=name]     opens psql"
	@echo "make format             formats Python and JavaScript"
	@echo "make i18n               renews the translation templates and merges them into the translations"
	@echo "make screenshots        takes the pictures of the documentation from a running demo"
	@echo "make bench              runs the benchmark of the funnel; WHAT=approval, inbox, acquaintance, search or duplicates another one"
	@echo "PAYDOX_CACHE=folder     where downloads and databases are kept (default: your cache directory)"
	@echo "ODOO_HOME=folder        an Odoo 19 you have already, instead of a download"

run:
	@scripts/run.sh "$(or $(PORT),8069)"
stop:
	@scripts/stop.sh
reset:
	@YES="$(YES)" scripts/reset.sh
psql:
	@scripts/psql.sh $(DB)
db:
	@scripts/db.sh "$(DB)" $(DEMO)
dropdb:
	@scripts/dropdb.sh "$(DB)"
shell:
	@scripts/shell.sh $(DB)
test:
	@SUITE="$(SUITE)" FILE="$(FILE)" K="$(K)" scripts/test.sh
lint:
	@SUITE=lint scripts/test.sh
format:
	@scripts/format.sh
i18n:
	@scripts/i18n.sh
screenshots:
	@scripts/screenshots.sh "$(or $(PORT),8069)"
bench:
	@bench/run.sh $(WHAT)
