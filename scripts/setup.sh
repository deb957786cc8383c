# Installs everything that building, running and testing websh needs, where it is missing.
# Sourced after lib.sh: `set_up run` for `make run`; `set_up test` adds the tools of the tests.
# shellcheck shell=bash

cargo_leptos=0.3.10
cargo_deny=0.20.2
rust_needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

set_up() {
  local from=$SECONDS
  printf '\n==> Setting up (tools and build output are kept in %s)\n' "$cache"
  if have flock; then
    exec 9>"$cache/setup.lock"
    flock -n 9 || { say "    another set-up is running; waiting for it to finish"; flock 9; }
  fi
  set_up_basics
  set_up_packages "$1"
  set_up_wasm_target
  if [ "$1" = test ]; then set_up_components; fi
  set_up_npm
  set_up_wasm_bindgen
  set_up_cargo_leptos
  if [ "$1" = test ]; then set_up_cargo_deny; fi
  if have flock; then exec 9>&-; fi
  printf '    set up in %d s\n' $((SECONDS - from))
}

set_up_basics() {
  have cargo || fail "Rust is missing: install Rust $rust_needed or newer from https://rustup.rs and try again."
  have cc || fail "a C compiler is missing: install one (on Debian: apt-get install gcc libc6-dev) and try again."
  { have node && have npm; } || fail "Node is missing: install Node 20 or newer with npm and try again."
  local rust node
  rust=$(rustc --version | cut -d ' ' -f 2)
  node=$(node --version | tr -d v | cut -d . -f 1)
  [ "$(printf '%s\n' "$rust_needed" "$rust" | sort -V | head -n 1)" = "$rust_needed" ] ||
    fail "Rust $rust is too old, $rust_needed is needed: run \`rustup update stable\` and try again."
  [ "$node" -ge 20 ] || fail "Node $node is too old: install Node 20 or newer and try again."
}

# Prints the path of the browser for the end-to-end tests.
find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && have "$name"; then
      command -v "$name"
      return
    fi
  done
}

set_up_packages() {
  local missing=()
  pkg-config --exists openssl 2>/dev/null || missing+=(pkg-config libssl-dev)
  if [ "$1" = test ]; then
    [ -n "$(find_chromium)" ] || missing+=(chromium)
    { have initdb && have postgres; } || missing+=(postgresql)
    local program
    for program in tmux vim less htop git python3; do
      have "$program" || missing+=("$program")
    done
    have ps || missing+=(procps)
    local fonts
    fonts=$(fc-list 2>/dev/null || true)
    [[ ${fonts,,} = *cjk* ]] || missing+=(fontconfig fonts-noto-cjk)
    [[ ${fonts,,} = *emoji* ]] || missing+=(fonts-noto-color-emoji)
    [[ ${fonts,,} = *mono* ]] || missing+=(fonts-dejavu-core)
  fi
  if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi
  if [ "$1" = test ]; then
    CHROMIUM=$(find_chromium)
    export CHROMIUM
  fi
}

install_packages() {
  local command="apt-get update && apt-get install -y --no-install-recommends $*"
  have apt-get || fail "missing packages (Debian names): $*. Install them and try again."
  [ "$(id -u)" = 0 ] || fail "system packages are missing. Run this command once, then try again:

    sudo sh -c '$command'
"
  say "    installing system packages: $*"
  # The tests start their own PostgreSQL, so the package must not create a cluster.
  if [[ " $* " = *" postgresql "* ]]; then
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/websh-tests.conf
  fi
  DEBIAN_FRONTEND=noninteractive sh -c "$command" >"$cache/apt.log" 2>&1 </dev/null ||
    { tail -n 20 "$cache/apt.log" >&2; fail "installing system packages failed; see $cache/apt.log for the whole output."; }
  local postgres
  for postgres in /usr/lib/postgresql/*/bin; do
    if [ -d "$postgres" ]; then PATH=$PATH:$postgres; fi
  done
}

set_up_wasm_target() {
  local target=wasm32-unknown-unknown
  [ ! -d "$(rustc --print target-libdir --target $target 2>/dev/null)" ] || return 0
  have rustup || fail "Rust's $target target is missing and rustup is not installed to add it: install it with your Rust and try again."
  say "    adding Rust's $target target"
  rustup target add $target </dev/null
}

# rustfmt and clippy; a minimal toolchain comes without them.
set_up_components() {
  if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then return 0; fi
  have rustup || fail "rustfmt or clippy is missing and rustup is not installed to add them: install them with your Rust and try again."
  say "    adding rustfmt and clippy"
  rustup component add rustfmt clippy </dev/null
}

# npm packages are cached by lock file; end2end/node_modules is a link into the cache.
set_up_npm() {
  local key store
  key=$(cat end2end/package.json end2end/package-lock.json | cksum | cut -d ' ' -f 1)
  store=$cache/npm/$key
  if [ ! -e "$store/complete" ]; then
    say "    installing npm packages (Playwright, wasm-opt)"
    rm -rf "$store"
    mkdir -p "$store"
    cp end2end/package.json end2end/package-lock.json end2end/.npmrc "$store"
    (cd "$store" && npm ci --no-audit --no-fund --loglevel=error </dev/null)
    touch "$store/complete"
  fi
  if [ -d end2end/node_modules ] && [ ! -L end2end/node_modules ]; then rm -rf end2end/node_modules; fi
  ln -sfn "$store/node_modules" end2end/node_modules
}

# Tools are built with cheap settings: their own release profiles take an hour on two cores.
install_tool() {
  local what=$1
  shift
  say "    building $what"
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_STRIP=true \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=${opt_level:-1} \
    cargo install --quiet "$@" --root "$tools" --target-dir "$cache/tools-target" </dev/null ||
    fail "building $what failed."
}

set_up_wasm_bindgen() {
  local version
  version=$(locked_version wasm-bindgen)
  if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $version" ]; then
    install_tool "wasm-bindgen $version (about 3 minutes on two cores)" wasm-bindgen-cli --version "$version"
  fi
}

set_up_cargo_leptos() {
  if [ "$(cargo-leptos --version 2>/dev/null)" != "cargo-leptos $cargo_leptos" ]; then
    install_tool "cargo-leptos $cargo_leptos (about 13 minutes on two cores)" \
      cargo-leptos --version "$cargo_leptos" --locked --features no_downloads
  fi
}

set_up_cargo_deny() {
  if [ "$(cargo-deny --version 2>/dev/null)" != "cargo-deny $cargo_deny" ]; then
    opt_level=0 install_tool "cargo-deny $cargo_deny (about 1 minute)" cargo-deny --version "$cargo_deny" --locked
  fi
}
