#!/bin/sh
# sh rollback.sh [FOLDER]    goes back to the release before the last upgrade, and to its data of that moment.
# What was written since stays beside it, in a folder whose name ends in the release that wrote it.
set -eu
. "$(dirname "$0")/steps.sh"

before=$(cat "$target/previous" 2>/dev/null) || fail "There is no earlier release to go back to."
settings
[ -n "${HAIHE_HOME:-}" ] || fail "Name the folder of the data in HAIHE_HOME."
[ -z "${HAIHE_DATABASE_URL:-}" ] || fail "The database is elsewhere: restore $target/backups there by hand."
after=$(basename "$(readlink "$target/current")")
[ -f "$target/backups/before-$after" ] || fail "The backup $target/backups/before-$after is missing."
stop
aside=$HAIHE_HOME.$after-$(date +%Y%m%d%H%M%S)
mv "$HAIHE_HOME" "$aside"
if [ "$(id -u)" = 0 ]; then
    install -d -o haihe -g haihe -m 0711 "$HAIHE_HOME"
fi
ln -sfn "releases/$before" "$target/current"
haihe restore "$target/backups/before-$after"
rm "$target/previous"
say "Back at Haihe $before. What Haihe $after wrote is in $aside."
start
