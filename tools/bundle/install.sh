#!/bin/sh
# sh install.sh [FOLDER]    installs Haihe in FOLDER (/opt/haihe), without a network.
set -eu
. "$(dirname "$0")/steps.sh"

[ ! -e "$target/current" ] || fail "There is a Haihe in $target already: run upgrade.sh."
mkdir -p "$target"
lay_release
if [ "$(id -u)" = 0 ]; then
    id haihe >/dev/null 2>&1 || useradd --system --no-create-home --home-dir /var/lib/haihe \
        --shell /usr/sbin/nologin haihe
    [ -f "$target/haihe.env" ] || echo "HAIHE_HOME=${HAIHE_HOME:-/var/lib/haihe}" > "$target/haihe.env"
    settings
    install -d -o haihe -g haihe -m 0711 "$HAIHE_HOME"
    chown haihe: "$target/backups"
fi
chmod 0700 "$target/backups"
ln -sfn "releases/$version" "$target/current"
if has_service; then
    sed "s|@TARGET@|$target|g; s|@HOME@|$HAIHE_HOME|g" "$here/haihe.service" > "$unit"
    systemctl daemon-reload
    systemctl enable --now haihe
    say "Haihe runs as a service. Its first password: journalctl -u haihe"
else
    start
fi
