#!/usr/bin/env bash
# The crate's tests; those of the WebAssembly module are skipped where the target or Node is missing.
set -euo pipefail
cd "$(dirname "$0")"

target=wasm32-unknown-unknown
folder=${CARGO_TARGET_DIR:-$PWD/target}

cargo test --locked --target-dir "$folder"

if [ ! -d "$(rustc --print target-libdir --target "$target")" ]; then
  echo "skipped: the tests of the module need the target $target (rustup target add $target)"
elif ! command -v node >/dev/null; then
  echo 'skipped: the tests of the module need Node'
else
  cargo build --locked --release --target "$target" --target-dir "$folder"
  WASM="$folder/$target/release/expo_theme_wasm.wasm" node --test test.cjs
fi
