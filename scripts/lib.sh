# Shared by all scripts: paths, messages and timed steps. Sourced, never run.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Tools and build output are kept outside the clone, so that a second clone builds fast. The variables
# are not exported: websh rejects unknown settings.
cache=${WEBSH_CACHE:-$HOME/.cache/websh}
data=${WEBSH_DATA:-$root/data}
export -n WEBSH_CACHE WEBSH_DATA 2>/dev/null || true
unset WEBSH_CACHE WEBSH_DATA
mkdir -p "$cache"
cache=$(cd "$cache" && pwd -P)
tools=$cache/tools
clone=$(printf %s "$root" | cksum | cut -d ' ' -f 1)

export CARGO_TARGET_DIR=$cache/target
export LEPTOS_SITE_ROOT=$cache/site-$clone
PATH=$tools/bin:$root/end2end/node_modules/.bin:$PATH
for postgres in /usr/lib/postgresql/*/bin; do
  if [ -d "$postgres" ]; then PATH=$PATH:$postgres; fi
done
export PATH

session_program=$CARGO_TARGET_DIR/session/websh-session

say() { printf '%s\n' "$*"; }

# fail SENTENCE: prints the problem and the way out, then exits.
fail() {
  printf '\nwebsh: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# step "Description" COMMAND…: prints the description, runs the command, prints its duration.
step() {
  local what=$1 from=$SECONDS
  shift
  printf '\n==> %s\n' "$what"
  "$@" </dev/null || fail "this step failed after $((SECONDS - from)) s: $what"
  printf '    done in %d s\n' $((SECONDS - from))
}

# Prints the version of a package in Cargo.lock.
locked_version() {
  sed -n "/^name = \"$1\"\$/{n;s/version = \"\(.*\)\"/\1/p;}" Cargo.lock | head -n 1
}

# Builds the session process as it is shipped. It is linked statically because the dynamic loader
# dirties 130 KB per process.
build_session() {
  cargo rustc --locked --profile session -p session --bin websh-session -- -C target-feature=+crt-static
}
