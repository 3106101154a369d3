#!/usr/bin/env bash
# Signs what the app may fetch when it renews itself, and writes the manifest
# that it reads: latest.json.
#
#   installers/manifest.sh DIR URL      files of DIR will be found below URL
#
# The private key is in TAURI_SIGNING_PRIVATE_KEY (made once by `tauri signer
# generate`), its public half is built into the app (NAVETTE_UPDATE_KEY).
# Without a key there is no manifest, and no app looks for one.
#
# Has been run: see the table in installers/README.md.
set -euo pipefail
dir=$(cd "$1" && pwd)
url=${2%/}
cd "$(dirname "$0")/.."

if [ -z "${TAURI_SIGNING_PRIVATE_KEY:-}" ]; then
    echo "no key: nothing is signed, and no manifest is written"
    exit 0
fi
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
[ -x ui/node_modules/.bin/tauri ] || (cd ui && npm ci)

# What the updater calls each system, and the file that it fetches there.
platforms=""
entry() {
    local file
    file=$(find "$dir" -maxdepth 1 -name "$2" -printf '%f\n' | head -n 1)
    [ -n "$file" ] || return 0
    ui/node_modules/.bin/tauri signer sign --app-version "$version" "$dir/$file" > /dev/null
    platforms="$platforms${platforms:+,}
    \"$1\": { \"url\": \"$url/$file\", \"signature\": \"$(cat "$dir/$file.sig")\" }"
}
entry linux-x86_64 '*.AppImage'
entry windows-x86_64 '*-setup.exe'
entry darwin-aarch64 '*.app.tar.gz'
entry darwin-x86_64 '*.app.tar.gz'

cat > "$dir/latest.json" <<MANIFEST
{
  "version": "$version",
  "pub_date": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "platforms": {$platforms
  }
}
MANIFEST
node -e 'JSON.parse(require("fs").readFileSync(process.argv[1]))' "$dir/latest.json"
