# The production image: web, worker, beat and migrate are this one image with different commands.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /srv/poverty
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock requirements-node.lock package.json package-lock.json .npmrc ./
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --quiet -r requirements.lock \
 && python3 -m venv /opt/node \
 && /opt/node/bin/pip install --quiet -r requirements-node.lock
ENV PATH=/opt/venv/bin:/opt/node/bin:$PATH
RUN npm ci --ignore-scripts
COPY . .
RUN node static/build.mjs \
 && python -m babel.messages.frontend compile -d locale -D django \
 && DATABASE_URL=postgres:///none HASHED_STATIC=1 DATA_DIR=/tmp/build python manage.py collectstatic --no-input -v 0 \
 && rm -rf node_modules /tmp/build

FROM ${BASE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PRODUCTION=1 \
    DATA_DIR=/data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/poverty /srv/poverty
RUN mkdir -m 0700 /data && chown 10001:10001 /data
WORKDIR /srv/poverty
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", "0.0.0.0:8000"]
