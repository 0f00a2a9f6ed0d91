# make PG_CONFIG=/path/to/pg_config … chooses the PostgreSQL; see tools/env for the default.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.PHONY: all help demo admin test test-admin test-matrix test-packages soak lint bench bench-instructions build install \
	uninstall package packages image dist clean setup

# The first, so what `make` alone makes, as PGXN's client expects it.
all: build

help: ## list these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r target what; do
		printf '  %-18s %s\n' "$$target" "$$what"
	done

demo: ## redeem a first code, on a server of its own; with ADMIN=1 look at it in a browser
	@tools/demo

admin: ## serve the admin pages on this machine: DATABASE_URL=…, see docs/admin.md
	@tools/admin

test: ## run every test, on a server of its own
	@tools/setup pgbouncer plproxy python3-venv npm dpkg-dev cargo-deb
	@tests/run

test-admin: ## the admin pages in headless Chromium, whose pictures go to docs/
	@tools/setup chromium fonts-dejavu-core
	@ADMIN_PICTURES=docs/admin tests/run browser

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

package: setup ## build, and make an archive to unpack at / and, on Debian and Ubuntu, a package
	@tools/package

packages: ## make the packages for PostgreSQL 15, 17 and 18 in Debians of their own; as root, with debootstrap
	@tools/packages

test-packages: ## install what `make packages` has made where there is no compiler, try it, remove it; as root
	@tests/packages

image: setup ## build, and make the folder of an image for CloudNativePG: PostgreSQL 18 or newer
	@tools/image

dist: ## make the zip for PGXN, of what is committed
	@tools/dist

clean: ## remove everything that was built
	rm -rf target

setup:
	@tools/setup
