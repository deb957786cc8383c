# Checks that need no running websh: format, lints, dependencies. Sourced after setup.sh by
# `make check` and `make test`.
# shellcheck shell=bash

check_native() { cargo clippy --locked --workspace --exclude frontend --all-targets -- -D warnings; }

check_wasm() { cargo clippy --locked -p frontend --target wasm32-unknown-unknown -- -D warnings; }

check_e2e() { (cd end2end && npx --no-install tsc --noEmit); }

check_dependencies() { cargo deny --log-level error check bans licenses sources; }

# Advisories come from an online database. If it cannot be fetched, the check prints a warning;
# WEBSH_NEED_ADVISORIES=1 turns that into a failure.
check_advisories() {
  if timeout 60 cargo deny --log-level error fetch db >"$cache/advisories.log" 2>&1; then
    cargo deny --log-level error check --disable-fetch advisories
  elif [ "$need_advisories" = 1 ]; then
    cat "$cache/advisories.log" >&2
    return 1
  else
    say "    NOT CHECKED: the advisory database could not be fetched (see $cache/advisories.log)"
  fi
}
need_advisories=${WEBSH_NEED_ADVISORIES:-0}
unset WEBSH_NEED_ADVISORIES

check_all() {
  step "Format" cargo fmt --all --check
  step "Lints, native" check_native
  step "Lints, browser" check_wasm
  step "Types of the end-to-end tests" check_e2e
  step "Licences, sources and bans of dependencies" check_dependencies
  step "Known vulnerabilities of dependencies" check_advisories
}
