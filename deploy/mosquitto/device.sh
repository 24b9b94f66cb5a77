#!/bin/sh
# Passwords of devices: device.sh add SN < PASSWORD, device.sh remove SN, device.sh list. The broker takes changes over within a minute.
#   docker compose exec -T mosquitto sh /deploy/mosquitto/device.sh add GS001 < password.txt
set -eu
passwords=${PASSWORDS_FILE:-/mosquitto/data/passwords}
umask 077

fail() {
    echo "device.sh: $1" >&2
    exit 1
}

action=${1:-}
sn=${2:-}
case $action in
list)
    cut -d: -f1 "$passwords"
    exit 0
    ;;
add | remove) ;;
*) fail "say add SN, remove SN or list" ;;
esac
case $sn in
'' | *[!A-Za-z0-9_.-]*) fail "a serial number has letters, digits, _ . and - only" ;;
worker | mcs-*) fail "$sn is a name of the server's own" ;;
esac

if [ "$action" = remove ]; then
    awk -F: -v sn="$sn" '$1 == sn { found = 1 } END { exit !found }' "$passwords" || fail "there is no device $sn; see: device.sh list"
fi
scratch=$(mktemp "$passwords.XXXXXX")
trap 'rm -f "$scratch"' EXIT
if [ "$action" = add ]; then
    IFS= read -r password || [ -n "${password:-}" ] || fail "give the password on standard input"
    # mosquitto_passwd would take the part before it for the whole.
    case $password in '' | *:*) fail "the password is empty, or has a colon" ;; esac
    printf '%s:%s\n' "$sn" "$password" > "$scratch"
    mosquitto_passwd -U "$scratch"
fi
awk -F: -v sn="$sn" '$1 != sn' "$passwords" >> "$scratch"
# Written into the same file, so that it keeps its owner.
cat "$scratch" > "$passwords"
