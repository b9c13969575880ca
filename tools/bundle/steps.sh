# What install.sh, upgrade.sh and rollback.sh share: places, the user that runs Haihe, and its parts.

PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/haihe}
unit=/etc/systemd/system/haihe.service

say() { echo "$1" >&2; }
fail() {
    say "$1"
    exit 1
}

# The settings of the house, for these scripts as for the service.
settings() {
    [ ! -f "$target/haihe.env" ] || {
        set -a
        . "$target/haihe.env"
        set +a
    }
}

# Run something as the user that the service runs as.
as_haihe() {
    if [ "$(id -u)" = 0 ]; then
        HOME=$HAIHE_HOME runuser -u haihe -- "$@"
    else
        "$@"
    fi
}

haihe() { as_haihe "$target/current/bin/haihe" "$@"; }

has_service() { [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ]; }

stop() { ! has_service || systemctl stop haihe; }

start() {
    if has_service; then
        systemctl start haihe
    else
        say "Start Haihe with: $target/current/bin/haihe up"
    fi
}

# The Python that came along, or the one of this machine with the version of the wheels.
find_python() {
    wanted=$(cat "$here/PYTHON")
    if [ -x "$here/python/bin/python3" ]; then
        [ -d "$target/python-$wanted" ] || cp -R "$here/python" "$target/python-$wanted"
        python=$target/python-$wanted/bin/python3
        return
    fi
    for python in "python$wanted" python3; do
        "$python" -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" 2>/dev/null && return
    done
    fail "Haihe needs Python $wanted and its module venv, and finds none. On Debian: apt install python$wanted python3-venv."
}

# Lay this archive's release beside the others, in a folder that is either whole or absent.
lay_release() {
    version=$(cat "$here/VERSION")
    release=$target/releases/$version
    say "Checking the archive."
    (cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) || fail "The archive is damaged: unpack it again."
    mkdir -p "$target/releases" "$target/backups"
    find_python
    if [ ! -f "$release/.whole" ]; then
        say "Installing Haihe $version in $release."
        rm -rf "$release"
        "$python" -m venv --without-pip "$release"
        PYTHONPATH=$(echo "$here"/pip-*.whl) "$release/bin/python" -m pip install --quiet --no-index --no-deps \
            --no-cache-dir --no-compile --disable-pip-version-check --no-warn-script-location "$here"/wheels/*.whl
        # Libraries carry a hundred megabytes of tests that nobody runs here.
        find "$release/lib" -type d -name tests -prune -exec rm -rf {} +
        PYTHONDONTWRITEBYTECODE='' "$release/bin/python" "$here/imports.py"
        touch "$release/.whole"
    fi
    cp "$here/steps.sh" "$here/rollback.sh" "$target"
}

# Keep the present release and the one before it.
prune() {
    for old in "$target"/releases/*; do
        case ${old##*/} in
        "$(basename "$(readlink "$target/current")")" | "$(cat "$target/previous" 2>/dev/null)") ;;
        *) rm -rf "$old" ;;
        esac
    done
}
