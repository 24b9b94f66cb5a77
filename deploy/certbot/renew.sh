#!/bin/sh
# Gets a certificate from Let's Encrypt for DOMAIN and renews it, for ever. Until then the self-signed one of the setup stands.
set -eu
trap 'exit 0' TERM INT
if [ -n "${LETSENCRYPT_EMAIL:-}" ]; then set -- --email "$LETSENCRYPT_EMAIL"; else set -- --register-unsafely-without-email; fi
while :; do
    if [ -n "${DOMAIN:-}" ] && [ "$DOMAIN" != localhost ]; then
        certbot certonly --non-interactive --agree-tos --webroot --webroot-path /webroot \
            --domain "$DOMAIN" "$@" \
            --keep-until-expiring --deploy-hook "sh /deploy/install.sh" || echo "certbot failed; again in 12 hours" >&2
    fi
    sleep 43200 & wait $!
done
