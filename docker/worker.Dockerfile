# What computes. The wheel of torch brings its own CUDA libraries; the host needs the driver and its container toolkit.
FROM python:3.12-slim AS packages
# For machines without a GPU: an index with CPU wheels of torch makes the image some gigabytes smaller.
ARG PIP_EXTRA_INDEX_URL=""
WORKDIR /build
COPY pyproject.toml constraints.txt README.md ./
RUN mkdir webapp workers && python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt '.[web,worker,similarity]'

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tessera \
 && install -d -o tessera -g tessera /data /models
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY webapp webapp
COPY workers workers
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    DJANGO_SETTINGS_MODULE=webapp.config.settings TESSERA_DATA=/data HF_HOME=/models TOKENIZERS_PARALLELISM=false
USER tessera
VOLUME /data /models
CMD ["celery", "--app", "webapp.config.celery", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
