#!/usr/bin/env bash
# Install the Debian packages that the tests start as real servers; only those that are missing.
set -euo pipefail

missing=()
need() { # PACKAGE PROGRAM...: any one of the programs will do
    local package=$1 name
    shift
    for name in "$@"; do
        if PATH="$PATH:/usr/sbin" command -v "$name" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$name" >/dev/null; then
            return
        fi
    done
    missing+=("$package")
}
need mosquitto mosquitto
need nginx-light nginx
need mosquitto-clients mosquitto_pub
need postgresql initdb
need redis-server redis-server
need chromium chromium
need util-linux setpriv

# TimescaleDB last, whatever was missing before it: it is built for the PostgreSQL that is there then.
here=$(cd "$(dirname "$0")" && pwd)
[[ ${#missing[@]} -gt 0 ]] || exec "$here/timescaledb.sh"

if ! command -v apt-get >/dev/null; then
    echo "the tests need ${missing[*]}; this is not Debian or Ubuntu, so install them by hand" >&2
    exit 1
fi
as_root=()
if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "the tests need ${missing[*]}; run as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "installing ${missing[*]} …"
# The packages must not start servers of their own: the tests start theirs on free ports.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null

"$here/timescaledb.sh"
