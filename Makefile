# make PG_CONFIG=/path/to/pg_config … chooses the PostgreSQL; see tools/env for the default.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.PHONY: help demo test test-matrix soak lint bench bench-instructions build install uninstall package clean setup

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r target what; do
		printf '  %-18s %s\n' "$$target" "$$what"
	done

demo: setup ## redeem a first code, on a server of its own
	@tests/support/scratch-server examples/demo/run

test: ## run every test, on a server of its own
	@tools/setup pgbouncer plproxy python3-venv npm
	@tests/run

test-matrix: ## try demo and test on a bare Debian with PostgreSQL 15, 17 and 18; as root, with debootstrap
	@tests/matrix

soak: setup ## what takes longer: five minutes of everything at once, in which nobody may deadlock
	@TEST_LIMIT_SECONDS=3600 DEADLOCK_SECONDS=300 tests/run rust deadlocks

lint: ## check format, clippy, shell scripts and the extension's SQL
	@tools/lint

bench: ## measure everything, on a server of its own: three quarters of an hour
	@tools/setup valgrind
	@benches/run

bench-instructions: ## count the instructions of a redemption and its rivals, on a server of its own: two minutes
	@tools/setup valgrind
	@BENCH_PARTS=instructions benches/run

build: setup ## build for release, into target/package
	@tools/build

install: build ## build and put the files into PostgreSQL's folders, below DESTDIR
	@tools/install

uninstall: ## remove what is installed from PostgreSQL's folders, below DESTDIR
	@tools/install --remove

package: build ## build and make an archive to unpack at /
	@. tools/env
	archive=target/referrals-$$(manifest_value version)-pg$$PG_MAJOR-$$(uname -m).tar.gz
	tar -C "$$(package_folder release)" --owner=0 --group=0 -czf "$$archive" .
	echo "$$archive"

clean: ## remove everything that was built
	rm -rf target

setup:
	@tools/setup
