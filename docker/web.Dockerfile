# The site: pages, API and sockets. Holds no torch; the frontend is built in a stage of its own.
FROM node:22-slim AS frontend
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.12-slim AS packages
WORKDIR /build
COPY pyproject.toml constraints.txt README.md ./
# Only the dependencies: the sources are run from /app, beside the files that they read.
RUN mkdir webapp workers && python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt '.[web]'

FROM python:3.12-slim
# For backups: python -m webapp.backup save|restore
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tessera \
 && install -d -o tessera -g tessera /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY webapp webapp
COPY workers/__init__.py workers/__init__.py
COPY workers/contract workers/contract
COPY workers/export workers/export
COPY workers/demo/samples.json workers/demo/samples.json
COPY workers/demo/samples workers/demo/samples
COPY --from=frontend /build/dist frontend/dist
COPY frontend/src/text frontend/src/text
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    DJANGO_SETTINGS_MODULE=webapp.config.settings TESSERA_DATA=/data
USER tessera
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "webapp.config.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--ws", "websockets-sansio", "--timeout-graceful-shutdown", "10", "--no-access-log", \
     "--no-proxy-headers", "--no-server-header", "--ws-max-size", "4096"]
