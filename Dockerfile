# The image of this project's commands: smoke tests, analyses, steps of a pipeline. `make image`
# builds it, `make image TARGET=gpu` the one that trains on a GPU. Renovate adds the digest to the tag.
FROM docker.io/library/python:3.11-slim-bookworm AS base

# What installs, itself by hash. A compiled file then names its source's content, not its time.
FROM base AS builder
ENV UV_NO_CACHE=1 \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy \
    UV_COMPILE_BYTECODE=1 \
    PYC_INVALIDATION_MODE=UNCHECKED_HASH
WORKDIR /build
COPY requirements/uv.txt ./
RUN python -m venv /uv \
    && /uv/bin/pip install --no-cache-dir --require-hashes --requirement uv.txt \
    && /uv/bin/uv venv /venv

# The locks, less the developers' tools. What only a compiler or a test of a library reads is taken
# out: it is a fifth of the image.
FROM builder AS cli-venv
COPY requirements/train.txt requirements/run.txt ./
RUN /uv/bin/uv pip install --python /venv --no-deps --require-hashes \
    --requirement train.txt --requirement run.txt \
    && find /venv/lib -regextype egrep -regex ".*/site-packages/(clang|tensorflow/include\
|(numpy|pandas|pyarrow|scipy|sklearn)/(.*/)?tests)" -prune -exec rm -r {} +

FROM builder AS gpu-venv
COPY requirements/train.txt requirements/run.txt requirements/gpu.txt ./
RUN /uv/bin/uv pip install --python /venv --no-deps --require-hashes \
    --requirement train.txt --requirement run.txt --requirement gpu.txt \
    && find /venv/lib -regextype egrep -regex ".*/site-packages/(clang|tensorflow/include\
|(numpy|pandas|pyarrow|scipy|sklearn)/(.*/)?tests)" -prune -exec rm -r {} +

# The engine and this project's package, in a layer of their own: a change of them moves little.
# .dockerignore says what is copied. uv is the build backend, too, so nothing is downloaded.
FROM builder AS project
COPY . .
# engine-repository-only:begin
# A wheel brings this file along.
RUN PYTHONPATH=engine/src python -m mainline.lock.build
# engine-repository-only:end
RUN /uv/bin/uv pip install --python /venv --offline --no-index --no-deps --no-editable \
    --target /project --requirement requirements/engine.txt . \
    && rm /project/.lock

# What both images stand on. git: DVC and the commands that read history ask it; libgomp1: LightGBM.
# Their versions are what Debian's signed archive has on the day of the build, with its fixes.
FROM base AS runtime
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git libgomp1 \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/apt /var/log/dpkg.log \
    && install -d -o 65534 -g 65534 /workspace
# In a cluster the root is read-only: whatever is written goes to /tmp. Third parties get nothing.
ENV PATH=/project/bin:/venv/bin:$PATH \
    PYTHONPATH=/project \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    DVC_SITE_CACHE_DIR=/tmp/dvc \
    DVC_NO_ANALYTICS=1 \
    DO_NOT_TRACK=true \
    MLFLOW_DISABLE_TELEMETRY=true
WORKDIR /workspace
LABEL org.opencontainers.image.source="https://github.com/your-org/customer-churn" \
      org.opencontainers.image.licenses="Apache-2.0"

FROM runtime AS gpu
COPY --from=gpu-venv /venv /venv
COPY --from=project /project /project
ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility
ARG REVISION=unknown
LABEL org.opencontainers.image.revision="$REVISION"
USER 65534:65534
ENTRYPOINT ["mainline"]

# The last one is what a build without a target makes.
FROM runtime AS cli
COPY --from=cli-venv /venv /venv
COPY --from=project /project /project
ARG REVISION=unknown
LABEL org.opencontainers.image.revision="$REVISION"
USER 65534:65534
ENTRYPOINT ["mainline"]
