#!/bin/sh
# Set the program up in the folder named by $1, from uv.lock, with nothing installed beforehand but Python >= 3.11.
set -eu
venv=$1
right() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1; }

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    found=
    # A name that answers may still be a shim for a Python that is not there: ask each.
    for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14 python; do
        if right "$python"; then found=$python; break; fi
    done
    if [ -z "$found" ]; then
        echo "error: Python 3.11 to 3.14 with venv and pip was not found. Install it, or name it: make PYTHON=/path/to/python" >&2
        exit 2
    fi
    echo "Setting up in $venv with $("$found" --version) ..." >&2
    "$found" -m venv "$venv"
fi

uv=$venv/bin/uv
if [ ! -x "$uv" ]; then
    # The same version as in the lock file, which keeps it installed from then on.
    version=$(sed -n '/^name = "uv"$/{n;s/version = "\(.*\)"/\1/p;}' uv.lock)
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$version"
fi
UV_PROJECT_ENVIRONMENT=$venv "$uv" sync --quiet --frozen --no-python-downloads
