.DEFAULT_GOAL := help
.PHONY: help run test fuzz bench format lint clean

help: ## Show this list.
	@sed -n 's/^\([a-z]*\): ## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## Build Weir and run it: your proxy.conf if there is one, else with the demo backends.
	@scripts/install-packages build
	@scripts/build-release
	@scripts/run

test: ## Install what the tests need, lint, and run all tests.
	@scripts/install-packages build test
	@scripts/test

fuzz: ## Fuzz what reads others' bytes, each target for FUZZ_SECONDS (60).
	@scripts/install-packages build
	@scripts/fuzz

bench: ## Measure Weir beside nginx and HAProxy on this machine.
	@scripts/install-packages build bench
	@scripts/build-release
	@Benchmarks/run

format: ## Format the Swift sources in place.
	@swift format -i -p -r Package.swift Sources Tests Benchmarks/CacheBench Benchmarks/KeyBench

lint: ## Check the formatting and the scripts.
	@scripts/install-packages lint
	@scripts/lint

clean: ## Remove what was built.
	@rm -rf .build .build-bench .build-fuzz .venv-e2e
