#!/bin/sh
# Installs what the browser tests need where it is missing and this user may; without it they are skipped.
set -eu

missing=
command -v chromium >/dev/null || missing="chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
missing=${missing# }
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "For the browser tests, install as root: $missing."
    exit 0
fi
echo "Installing for the browser tests: $missing."
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
    echo "apt could not install $missing; tests that need it are skipped."
