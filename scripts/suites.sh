# The two test suites and the count of their results. Sourced after setup.sh.
# shellcheck shell=bash

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# Builds the programs for the end-to-end tests: the server in the profile of the native tests, the
# session process and the pages as they are shipped.
build_programs() {
  build_session && cargo build --locked --workspace --exclude frontend --bins
}

build_pages() { cargo leptos build --release --precompress --split --frontend-only --cargo-locked; }

# native_suite ARGUMENT…: runs all Rust tests; the database tests start their own PostgreSQL.
native_suite() {
  export WEBSH_SESSION_PROGRAM=$session_program
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --workspace --exclude frontend --no-fail-fast "$@" 2>&1 | tee "$results/native"
  else
    cargo test --locked --workspace --exclude frontend --no-fail-fast "$@" 2>&1 | tee "$results/native"
  fi
}

# e2e_suite ARGUMENT…: runs the end-to-end tests in a real browser.
e2e_suite() {
  (
    cd end2end
    export WEBSH_PROGRAM=$CARGO_TARGET_DIR/debug/websh WEBSH_SESSION_PROGRAM=$session_program
    PLAYWRIGHT_JSON_OUTPUT_NAME=$results/e2e.json \
      npx --no-install playwright test --reporter=list,json "$@"
  )
}

# count WORD: adds up "3 WORD" in the summaries of both suites.
count() {
  local native=0 e2e=0
  if [ -s "$results/native" ]; then
    # Indented "test result:" lines are the output of failed tests, which nextest prints again.
    native=$(sed 's/\x1b\[[0-9;]*m//g' "$results/native" | grep -E '^( *Summary \[|test result:)' |
      grep -oE "[0-9]+ $1" | awk '{ n += $1 } END { print n + 0 }')
  fi
  if [ -s "$results/e2e.json" ]; then
    e2e=$(node -e '
      const { stats } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
      console.log(process.argv[2] === "passed" ? stats.expected : stats.unexpected + stats.flaky + stats.skipped);
    ' "$results/e2e.json" "$1")
  fi
  echo $((native + e2e))
}
