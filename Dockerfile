# MCS-IoT: the engine with its editor built in (target `mcs`), and the archive viewer (target `viewer`).
#   docker build --target mcs --build-arg VENDOR_KEY="$(mcs licence-server show-key)" --tag mcs-iot .

ARG PYTHON=3.11-slim-bookworm

# ---- the editor, as static files
FROM node:22-bookworm-slim AS editor
WORKDIR /editor
COPY editor/package.json editor/package-lock.json editor/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY editor/ ./
RUN npm run build

# ---- the locked dependencies, each checked against its hash, and the program itself
FROM python:${PYTHON} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/mcs
COPY requirements.lock /build/
RUN /opt/mcs/bin/pip install --require-hashes --requirement /build/requirements.lock
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY engine/ engine/
COPY nodes/ nodes/
COPY plant/ plant/
COPY --from=editor /editor/dist/ engine/web/static/
# The public key that licences are checked with. A build without one is for evaluation, and says so on every page.
ARG VENDOR_KEY=""
RUN if [ -n "$VENDOR_KEY" ]; then printf '%s\n' "$VENDOR_KEY" > plant/licence/vendor.pub; fi \
    && /opt/mcs/bin/pip install --no-deps . \
    && /opt/mcs/bin/python -m compileall -q /opt/mcs/lib

# ---- the viewer's dependencies
FROM python:${PYTHON} AS viewer-packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/viewer
COPY requirements-viewer.lock /build/
RUN /opt/viewer/bin/pip install --require-hashes --requirement /build/requirements-viewer.lock

# ---- what runs as viewer
FROM python:${PYTHON} AS viewer
RUN useradd --system --uid 10002 --no-create-home --home-dir /nonexistent viewer
COPY --from=viewer-packages /opt/viewer /opt/viewer
COPY viewer/ /app/viewer/
ENV PATH=/opt/viewer/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
WORKDIR /app
USER 10002
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/viewer/_stcore/health', timeout=4)"]
CMD ["streamlit", "run", "viewer/app.py", "--server.address=0.0.0.0", "--server.port=8501", "--server.baseUrlPath=viewer", "--server.headless=true", "--browser.gatherUsageStats=false"]

# ---- what runs as worker, archiver and setup
FROM python:${PYTHON} AS mcs
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent mcs \
    && install -d -o mcs -g mcs /data /flows /certificates
COPY --from=packages /opt/mcs /opt/mcs
COPY flows/ /app/flows/
COPY deploy/healthy.py /app/healthy.py
ENV PATH=/opt/mcs/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MCS_HOST=0.0.0.0 MCS_PORT=8080 MCS_DATA=/data MCS_FLOWS=/flows
WORKDIR /app
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-S", "/app/healthy.py"]
ENTRYPOINT ["mcs"]
CMD ["run"]
