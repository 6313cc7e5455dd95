# Parley's targets. `make help` lists them; README.md needs only `make start` and `make test`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup start dev-all test lint format bench api-key package build web clean

APP := .cache/app
WEB := src/Parley.Server/wwwroot/assets
RID ?= $(shell dotnet --info 2>/dev/null | sed -n 's/^ *RID: *//p' | head -n 1)

help: ## List every target
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-10s %s\n", $$1, $$2}'

setup: ## Check the machine and fetch every dependency
	@scripts/need dotnet node sqlite
	@dotnet restore Parley.slnx --verbosity quiet
	@$(MAKE) --silent --no-print-directory web/node_modules/.package-lock.json

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@npm ci --prefix web --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

# Other people's programs that the tests talk to.
tests/node/node_modules/.package-lock.json: tests/node/package.json tests/node/package-lock.json
	@npm ci --prefix tests/node --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

web: web/node_modules/.package-lock.json ## Build the browser's files
	@npm run --silent --no-update-notifier --prefix web build

# The layout that is installed: the command, and the server in a folder beside it. Compiled ahead of time, since a command runs for a moment
# only; a build for one system restores more than the committed lock files name, so it keeps a lock file of its own.
PUBLISH := -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -p:RestoreLockedMode=false \
	-p:NuGetLockFilePath=obj/packages.this-system.lock.json --verbosity quiet

build: setup web ## Build the command and the server into .cache/app
	@dotnet publish src/Parley.Server $(PUBLISH) -o $(APP)/server
	@dotnet publish src/Parley.Cli $(PUBLISH) -o $(APP)
	@mkdir -p $(APP)/samples && cp -R samples/. $(APP)/samples/
	@rm -rf $(APP)/plugin $(APP)/.claude-plugin && cp -R plugin .claude-plugin $(APP)/

start: build ## Build everything, start the server and share this machine's latest session (or the sample)
	@./parley serve --share-latest

dev-all: setup ## Server and web, both rebuilt on every change
	@scripts/dev-all

test: build tests/node/node_modules/.package-lock.json ## Run every test (SQLite, PostgreSQL, a real browser, the real clients)
	@scripts/need chromium postgres
	@scripts/need tmux claude || echo "parley: the tests with the real Claude Code will be skipped." >&2
	@scripts/need codex || echo "parley: the tests with the real Codex will be skipped." >&2
	@scripts/need iproute2 avahi || echo "parley: the tests with several machines will be skipped." >&2
	@scripts/test

# The analysers and the rules of style are errors of every build: here only what no build sees.
lint: setup ## Check format and types
	@dotnet format whitespace Parley.slnx --verify-no-changes --no-restore --verbosity quiet
	@npm run --silent --prefix web lint

format: setup ## Format the code
	@dotnet format Parley.slnx --no-restore --verbosity quiet

bench: build ## Measure against the peers and print the table
	@bench/run

api-key: ## Make an API key and print it once (NAME=laptop)
	@./parley keys create "$(or $(NAME),key)"

package: setup web ## Into dist/: a self-contained folder for this machine's system (RID=…), and the dotnet tool
	@scripts/package "$(RID)"

clean: ## Remove what was built
	@rm -rf .cache dist $(WEB)
	@dotnet clean Parley.slnx --verbosity quiet >/dev/null
