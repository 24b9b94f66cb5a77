#!/bin/sh
# Starts the broker. Makes the worker's password when there is none; a new certificate, password or rule is read without a restart.
set -eu
passwords=${PASSWORDS_FILE:-/mosquitto/data/passwords}
configuration=${CONFIGURATION:-/mosquitto/config/mosquitto.conf}

umask 077
touch "$passwords"
# On standard input or in the environment, never in the arguments, where every process of the host could read it.
scratch=$(mktemp)
printf 'worker:%s\n' "$MQTT_WORKER_PASSWORD" > "$scratch"
mosquitto_passwd -U "$scratch"
grep -v '^worker:' "$passwords" >> "$scratch" || true
cat "$scratch" > "$passwords"
rm -f "$scratch"
if [ "$(id -u)" = 0 ] && id mosquitto >/dev/null 2>&1; then chown mosquitto "$passwords"; fi

exec sh "$(dirname "$0")/../reload-on-change.sh" HUP "$passwords ${WATCHED:-/mosquitto/config/acl /certificates/fullchain.pem}" \
    mosquitto -c "$configuration"
