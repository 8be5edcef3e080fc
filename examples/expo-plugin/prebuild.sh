#!/usr/bin/env bash
# A real `expo prebuild` of a minimal app with `@clerk/expo`, and what it wrote held to what `expo-theme` writes.
# Opt-in: installs 522 MB from npm into a temporary folder, or takes the folder of an earlier run in APP.
set -euo pipefail
cd "$(dirname "$0")"

cargo build --release --locked -p expo-theme-cli --manifest-path ../../Cargo.toml
TARGET=${CARGO_TARGET_DIR:-$PWD/../../target}
export EXPO_THEME=$TARGET/release/expo-theme CI=1 EXPO_NO_TELEMETRY=1

if [ -z "${APP:-}" ]; then
  APP=$(mktemp -d)
  trap 'rm -rf "$APP"' EXIT
  cp -r app/. "$APP"
  (cd "$APP" && npm ci --legacy-peer-deps --ignore-scripts)
fi
cp app/app.json app/theme.json with-checked-theme.js "$APP"
cd "$APP"
PLIST=ios/themed/Info.plist
ASSET=android/app/src/main/assets/clerk_theme.json
prebuild() { rm -rf ios android; npx --no-install expo prebuild --no-install >prebuild.log 2>&1; }

prebuild || { cat prebuild.log; exit 1; }
"$EXPO_THEME" build theme.json --interface-style automatic --android ours.json --ios ours.plist
cmp ours.json "$ASSET"
# Our own entry in place of theirs must change nothing: neither the value nor any byte around it.
cp "$PLIST" merged.plist
"$EXPO_THEME" build theme.json --interface-style automatic --ios merged.plist
cmp merged.plist "$PLIST"
python3 - ours.plist "$PLIST" <<'PYTHON'
import plistlib, sys
ours, theirs = (plistlib.load(open(path, "rb"))["ClerkTheme"] for path in sys.argv[1:])
assert list(ours.items()) == list(theirs.items()) and ours, (ours, theirs)
PYTHON
echo 'the same Info.plist and asset'

sed -i 's/"#5B3FD6"/"indigo"/' theme.json
if prebuild; then echo 'a bad theme was built'; exit 1; fi
grep -q 'theme.json:3:16' prebuild.log || { cat prebuild.log; exit 1; }
[ ! -e ios ] && [ ! -e android ]
echo 'a bad theme stops it, with its place, and no folder is touched'
