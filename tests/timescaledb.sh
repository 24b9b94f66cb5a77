#!/usr/bin/env bash
# Build TimescaleDB (Apache edition) from Debian's source package for the PostgreSQL that the tests start, and install it there.
# What was built is kept in .cache/timescaledb, so this takes half a minute once and nothing afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=trixie # the newest stable suite that has the source; its package builds against older PostgreSQL too
bin=$(compgen -G "/usr/lib/postgresql/*/bin" | sort -t/ -k5 -n | tail -n 1) || { echo "install PostgreSQL first: tests/install-servers.sh" >&2; exit 1; }
version=$(basename "$(dirname "$bin")")
[[ ! -e /usr/share/postgresql/$version/extension/timescaledb.control ]] || exit 0

as_root=()
if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || { echo "the tests need TimescaleDB; run tests/timescaledb.sh as root" >&2; exit 1; }
    as_root=(sudo)
fi

built=.cache/timescaledb/pg$version
if [[ ! -d $built ]]; then
    echo "building TimescaleDB (Apache edition) for PostgreSQL $version …"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        cmake make gcc libc6-dev libpq-dev libssl-dev libkrb5-dev dpkg-dev >/dev/null
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    # The server's headers without the 600 MB of compilers that their package wants beside it.
    (cd "$scratch" && apt-get -qq -o APT::Sandbox::User=root download "postgresql-server-dev-$version" && dpkg -x postgresql-server-dev-*.deb headers)
    printf '#!/bin/sh\n%s "$@" | sed "s#/usr/include/postgresql/%s#%s&#g"\n' "$bin/pg_config" "$version" "$scratch/headers" > "$scratch/pg_config"
    chmod +x "$scratch/pg_config"
    # The same mirror as the machine's own packages come from, read for this suite's sources only.
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' | awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }')
    mkdir -p "$scratch"/{lists/partial,archives/partial,source}
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$scratch/sources.list"
    scratch_apt=(-qq -o "Dir::Etc::SourceList=$scratch/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$scratch/lists"
        -o "Dir::Cache=$scratch" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
    apt-get "${scratch_apt[@]}" update
    (cd "$scratch/source" && apt-get "${scratch_apt[@]}" source timescaledb >/dev/null)
    cmake -S "$scratch"/source/timescaledb-*/ -B "$scratch/build" -DPG_CONFIG="$scratch/pg_config" -DCMAKE_BUILD_TYPE=Release -DAPACHE_ONLY=1 \
        -DUSE_TELEMETRY=OFF -DREGRESS_CHECKS=OFF -DWARNINGS_AS_ERRORS=OFF > "$scratch/log" 2>&1 || { tail -n 40 "$scratch/log" >&2; exit 1; }
    make -C "$scratch/build" -j "$(nproc)" > "$scratch/log" 2>&1 || { tail -n 40 "$scratch/log" >&2; exit 1; }
    make -C "$scratch/build" install DESTDIR="$scratch/tree" > "$scratch/log" 2>&1 || { tail -n 40 "$scratch/log" >&2; exit 1; }
    mkdir -p "$(dirname "$built")"
    mv "$scratch/tree" "$built"
fi
"${as_root[@]}" cp -r "$built/." /
