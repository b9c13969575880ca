#!/bin/sh
# sh upgrade.sh [FOLDER]    backs up, then goes on with this archive's release; rollback.sh leads back.
set -eu
. "$(dirname "$0")/steps.sh"

[ -e "$target/current" ] || fail "There is no Haihe in $target: run install.sh."
settings
before=$(basename "$(readlink "$target/current")")
[ "$before" != "$(cat "$here/VERSION")" ] || fail "Haihe $before is installed already."
lay_release
stop
say "Backing up Haihe $before."
rm -f "$target/backups/before-$version"
haihe backup "$target/backups/before-$version"
echo "$before" > "$target/previous"
ln -sfn "releases/$version" "$target/current"
say "Bringing the tables up to date."
if ! haihe audit verify >/dev/null; then
    fail "Haihe $version does not take the data. Go back with: sh $target/rollback.sh $target"
fi
prune
start
