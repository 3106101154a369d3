#!/usr/bin/env bash
# One file for any Linux with glibc as old as that of this computer, which
# should therefore be the oldest that is still supported (Debian 12, Ubuntu
# 22.04). Tauri fetches AppRun and linuxdeploy from GitHub for it.
#
#   installers/linux/appimage.sh
#
# Has been run: see the table in installers/README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo xtask window
cd src-tauri
../ui/node_modules/.bin/tauri build --bundles appimage --config ../installers/bundle.json
ls ../target/release/bundle/appimage/*.AppImage
