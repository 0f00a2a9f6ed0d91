# make PG_CONFIG=/path/to/pg_config … chooses the PostgreSQL; see tools/env for the default.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.PHONY: help demo test lint bench build install package clean setup

help: ## list these targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1\t\2/p' Makefile

demo: install ## redeem a first code on a server of its own
	@tests/support/scratch-server examples/demo/run

test: install ## run every test
	@tests/run

lint: ## check format, clippy, shell scripts and the extension's SQL
	@tools/lint

bench: install ## measure, on a server of its own
	@benches/run

build: setup ## build for release, into target/package/pgNN
	@. tools/env
	# Files of an earlier version would stay, and be installed.
	rm -rf "target/package/pg$$PG_MAJOR"
	cargo pgrx package --pg-config "$$PG_CONFIG" --out-dir "target/package/pg$$PG_MAJOR" \
		"$${cargo_features[@]}"

install: build ## build and put the files into PostgreSQL's folders, below DESTDIR
	@tools/install

package: build ## build and make an archive to unpack at /
	@. tools/env
	archive=target/referrals-$$(manifest_value version)-pg$$PG_MAJOR-$$(uname -m).tar.gz
	tar -C "target/package/pg$$PG_MAJOR" --owner=0 --group=0 -czf "$$archive" .
	echo "$$archive"

clean: ## remove everything that was built
	rm -rf target

setup:
	@tools/setup
