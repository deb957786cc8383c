# Commands for developers and CI. Each installs what it needs first.

.PHONY: run dev test check e2e bench soak fuzz

run: ## Build websh as shipped and start it on 127.0.0.1:3000
	@scripts/run

dev: ## Start websh and rebuild it on every change
	@scripts/dev

test: ## All checks and all tests
	@scripts/test

check: ## Format, lints, conventions, dependencies
	@scripts/check

e2e: ## End-to-end tests in a real browser: make e2e ARGS='-g handoff'
	@scripts/e2e $(ARGS)

bench: ## Benchmarks beside the machine's limits and other tools
	@scripts/bench $(ARGS)

soak: ## Long runs of the benchmarks
	@scripts/bench soak $(ARGS)

fuzz: ## Random escape sequences into the terminal engine for a bounded time
	@scripts/bench fuzz $(ARGS)
