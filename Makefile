# SPDX-License-Identifier: Apache-2.0
.DEFAULT_GOAL := help
.PHONY: help run test test-fast lint bench build deb

DATA ?= data

help: ## says this
	@echo "make …"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

run: ## builds and starts the product with its demo centre (DATA=folder, OTKLIK_PORT=8080)
	@scripts/setup run
	@swift build --product otklik
	@exec .build/debug/otklik serve --demo --data "$(DATA)"

test: ## everything: rules, both database engines, the program in a browser
	@scripts/setup test
	@swift build --build-tests
	@scripts/test

test-fast: ## all but the browser and the killing of processes
	@scripts/setup test
	@swift build --build-tests
	@swift test --skip-build --no-parallel --skip EndToEndTests

lint: ## the house's own rules, and the form of the code
	@scripts/setup run
	@swift format lint --strict --recursive Package.swift Plugins Sources Tests
	@swift build --build-tests
	@swift test --skip-build --filter HouseTests

bench: ## the figures, in a release build
	@scripts/setup bench
	@scripts/bench

build: ## a release build
	@scripts/setup run
	@swift build -c release --product otklik

deb: ## a Debian package that needs no Swift, in .build-deb
	@scripts/setup deb
	@scripts/deb
