#!/bin/sh
# Puts everything that Haihe needs into dist/haihe-VERSION-ARCHITECTURE.tar.gz, to be installed without a network.
# PYTHON_ARCHIVE=FILE adds a relocatable Python of the same version (a tar with python/bin/python3 in it).
set -eu
cd "$(dirname "$0")/.."

python=.venv/bin/python
version=$($python -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
wanted=$($python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
name=haihe-$version-$(uname -m)
around=$(mktemp -d)
trap 'rm -rf "$around"' EXIT
folder=$around/$name
mkdir -p "$folder/wheels" dist

.venv/bin/uv build --quiet --wheel --out-dir "$folder/wheels"
rm -f "$folder/wheels/.gitignore"
.venv/bin/uv export --frozen --quiet --no-dev --no-emit-project --output-file "$around/requirements.txt"
$python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
    --requirement "$around/requirements.txt" --dest "$folder/wheels"
$python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    "pip==$($python -m pip --version | cut -d' ' -f2)" --dest "$folder"

cp tools/bundle/* LICENSE "$folder"
echo "$version" > "$folder/VERSION"
echo "$wanted" > "$folder/PYTHON"
if [ -n "${PYTHON_ARCHIVE:-}" ]; then
    tar -xf "$PYTHON_ARCHIVE" -C "$folder"
    "$folder/python/bin/python3" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" || {
        echo "The Python in $PYTHON_ARCHIVE does not run here, or is not $wanted as the wheels are." >&2
        exit 1
    }
fi
(cd "$folder" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)
tar --sort=name --owner=0 --group=0 -C "$around" -czf "dist/$name.tar.gz" "$name"
(cd dist && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "dist/$name.tar.gz: $(du -m "dist/$name.tar.gz" | cut -f1) MB, for Python $wanted on $(uname -m)"
