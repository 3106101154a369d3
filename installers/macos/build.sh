#!/usr/bin/env bash
# The app for macOS, signed, notarised, in a disk image. On a Mac with Xcode's
# command line tools, Rust, and Node 24:
#
#   rustup target add aarch64-apple-darwin x86_64-apple-darwin
#   installers/macos/build.sh
#
# Signed only if APPLE_SIGNING_IDENTITY names a "Developer ID Application"
# certificate of the keychain (or APPLE_CERTIFICATE and _PASSWORD bring one);
# notarised only if APPLE_ID, APPLE_PASSWORD (an app password) and APPLE_TEAM_ID
# are set too. Without, it opens only by Control-click, Open. What Tauri does
# with them: codesign with the hardened runtime and entitlements.plist,
# notarytool submit --wait, stapler staple.
#
# Has been run: see the table in installers/README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."

(cd ui && npm ci && npm run build)
for arch in aarch64 x86_64; do
    cargo build --release --locked --package navette --target "$arch-apple-darwin"
done
# The command line lies beside the app, for both kinds of processor.
mkdir -p target/sidecar
lipo -create -output target/sidecar/navette-universal-apple-darwin \
    target/{aarch64,x86_64}-apple-darwin/release/navette
for arch in aarch64 x86_64; do
    cp "target/$arch-apple-darwin/release/navette" "target/sidecar/navette-$arch-apple-darwin"
done
cd src-tauri
../ui/node_modules/.bin/tauri build --target universal-apple-darwin --bundles app,dmg \
    --config ../installers/bundle.json --config ../installers/macos/bundle.json
ls ../target/universal-apple-darwin/release/bundle/*
if [ -n "${APPLE_ID:-}" ]; then
    spctl --assess --type execute --verbose ../target/universal-apple-darwin/release/bundle/macos/Navette.app
fi
