# The images of this project's commands: smoke tests, analyses, steps of a pipeline. `make image`
# builds `cli`, `make image TARGET=gpu` the one that trains on a GPU, `TARGET=gateway` the one that
# stands before the model server. Renovate adds the digest to the tag.
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

# What `mainline gateway` imports, in the versions of the locks; a name that they need and that is
# missing here ends the build. Symbols of debuggers and what Arrow does not need here are a third.
FROM builder AS gateway-venv
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends binutils
COPY requirements/train.txt requirements/run.txt ./
RUN awk '/^(annotated-types|grpcio|httptools|prometheus-client|protobuf|pyarrow|pydantic|pydantic-core\
|pyyaml|tqdm|typing-extensions|typing-inspection|uvloop)==/, !/\\$/' train.txt run.txt > gateway.txt \
    && /uv/bin/uv pip install --python /venv --require-hashes --requirement gateway.txt \
    && find /venv/lib -regextype egrep -regex ".*/pyarrow/(include|src|tests|.*flight.*\
|lib[^.]*[.]so([.][0-9]+[.][0-9]+[.][0-9]+)?|.*[.]p(yx|xi|xd))" -prune -exec rm -r {} + \
    && find /venv/lib -name '*.so*' -exec strip --strip-unneeded {} +
# Of the base: the interpreter, its modules, and what these and the packages link to. No shell, no
# package manager: the gateway meets every caller.
WORKDIR /root-of-gateway
RUN python="$(readlink -f /venv/bin/python)" \
    && modules="$("$python" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && cp --parents --recursive "$modules" . \
    && find ".$modules" -regextype egrep -regex ".*/(ensurepip|idlelib|lib2to3|pydoc_data|test|tkinter\
|turtledemo|config-.*|(site|dist)-packages|__pycache__)" -prune -exec rm -r {} + \
    && python -m compileall -q --invalidation-mode unchecked-hash -s . ".$modules" \
    && find "$python" "$modules" /venv -name '*.so*' -o -path "$python" > /build/linking \
    && xargs ldd < /build/linking > /build/linked \
    && awk '$3 ~ "^/(lib|usr)" {all[$3]} $1 ~ "^/lib.*/ld-" {all[$1]} END {for (each in all) print each}' \
        /build/linked > /build/needed \
    && xargs --arg-file=/build/needed cp --parents --dereference --target-directory . \
        "$python" /etc/ld.so.cache /etc/passwd /etc/ssl/certs/ca-certificates.crt \
    && ln -sf "$python" /venv/bin/python

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

FROM scratch AS gateway
COPY --from=gateway-venv /root-of-gateway /
ENV PATH=/project/bin:/venv/bin:$PATH \
    PYTHONPATH=/project \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
LABEL org.opencontainers.image.source="https://github.com/your-org/customer-churn" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=gateway-venv /venv /venv
COPY --from=project /project /project
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
