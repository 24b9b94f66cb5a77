#!/bin/sh
# Writes the digest of each image behind its tag in compose.yaml, where a registry is reachable: what is started then is what was tested.
#   sh deploy/pin-images.sh [COMPOSE_FILE]
set -eu
file=${1:-$(dirname "$0")/compose.yaml}
command -v docker >/dev/null || { echo "pin-images: docker is not installed; nothing was changed" >&2; exit 1; }
sed -n 's/^    image: \([a-z][^$@ ]*:[^$@ ]*\)$/\1/p' "$file" | sort -u | while read -r image; do
    digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image" 2>/dev/null </dev/null) || digest=
    case $digest in
    sha256:*) sed -i "s|^    image: $image\$|    image: $image@$digest|" "$file" && echo "$image@$digest" ;;
    *) echo "pin-images: the registry of $image is not reachable; it stays as it is" >&2 ;;
    esac
done
