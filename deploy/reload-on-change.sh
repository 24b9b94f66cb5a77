#!/bin/sh
# reload-on-change.sh SIGNAL "FILES" COMMAND…: runs the command, and sends it the signal when one of the files has changed.
# A renewed certificate so comes into use without a restart, and no connection is lost.
set -u
signal=$1
files=$2
shift 2
every=${RELOAD_EVERY_S:-60}

# shellcheck disable=SC2086  # a list of files, none with a space in its name
state() { cat $files 2>/dev/null | cksum; }

"$@" &
child=$!
(
    trap 'kill "$pause" 2>/dev/null; exit 0' TERM
    seen=$(state)
    while :; do
        sleep "$every" &
        pause=$!
        wait "$pause"
        now=$(state)
        if [ "$now" != "$seen" ]; then
            seen=$now
            echo "reload-on-change: the files of $1 have changed, it reads them again" >&2
            kill -s "$signal" "$child" || exit 0
        fi
    done
) &
watcher=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT
wait "$child"
status=$?
while kill -0 "$child" 2>/dev/null; do # a signal has interrupted the waiting; the child has yet to end
    wait "$child"
    status=$?
done
kill "$watcher" 2>/dev/null
exit "$status"
