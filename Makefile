# The verbs of websh, the same for people and for CI. Each sets up what it needs first.

.PHONY: run dev test check e2e bench soak fuzz

run: ## Build websh as shipped and start it on 127.0.0.1:3000
	@scripts/run

dev: ## Start websh and rebuild it on every change
	@scripts/dev

test: ## All checks and all tests
	@scripts/test

check: ## Format, lints, house rules, dependencies
	@scripts/check

e2e: ## The stories in a real browser: make e2e ARGS='-g handoff'
	@scripts/e2e $(ARGS)

bench: ## Figures beside their limits and beside peers
	@scripts/bench $(ARGS)

soak: ## The benchmarks' long runs
	@scripts/bench soak $(ARGS)

fuzz: ## Random bytes into every parser for a while
	@scripts/bench fuzz $(ARGS)
