#!/bin/sh
# Called by certbot after each renewal (RENEWED_LINEAGE is its folder): lays the certificate where broker and nginx read it.
# Both watch the files and reload by themselves. Key first: a reader of the new certificate must find its key.
set -eu
to=${CERTIFICATES:-/certificates}
umask 027
for name in privkey fullchain; do
    cp "$RENEWED_LINEAGE/$name.pem" "$to/.$name.new"
    # The broker drops to user and group 1883, and reads the files as that when it reloads.
    chgrp "${CERTIFICATES_GROUP:-1883}" "$to/.$name.new"
    chmod 0640 "$to/.$name.new"
    mv "$to/.$name.new" "$to/$name.pem"
done
