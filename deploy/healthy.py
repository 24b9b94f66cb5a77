"""The container's health check: whether the engine answers. A degraded or locked site is alive; restarting it would mend nothing."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("MCS_PORT", "8080")), timeout=4)
try:
    connection.request("GET", "/api/health")
    sys.exit(connection.getresponse().status != 200)
except (OSError, http.client.HTTPException) as failure:
    sys.exit(f"the engine does not answer: {failure}")
