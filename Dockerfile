# make image                                                                build it with docker or buildah
# docker run -p 127.0.0.1:8000:8000 -v layerwright:/data layerwright        prints its address with a token
#
# BASE: Debian or a derivative with Python 3.11 to 3.13 and its venv module. SETS="run": without TensorFlow and training.
# Where packages come from, and what that takes, is the caller's: pip.conf, certificates and npmrc are secrets that are
# mounted while a command runs and stay in no layer (docs/deploy.md).
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS editor
ENV PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python3 -m venv /build
COPY pyproject.toml requirements.lock ./
COPY tools/__init__.py tools/install.py tools/editor.py tools/
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    /build/bin/python -m tools.install node build
COPY frontend frontend
RUN --mount=type=secret,id=npm,target=/root/.npmrc \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    /build/bin/python -m tools.editor build

FROM editor AS wheel
COPY README.md LICENSE hatch_build.py ./
COPY templates templates
COPY static static
COPY graphcore graphcore
COPY app app
RUN /build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheel .

FROM ${BASE} AS installed
ARG SETS="run train"
ENV PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python3 -m venv /opt/layerwright
COPY pyproject.toml requirements.lock ./
COPY tools/__init__.py tools/install.py tools/
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    /opt/layerwright/bin/python -m tools.install ${SETS}
COPY --from=wheel /wheel /wheel
# What nothing loads goes: TensorFlow's headers (430 MB, for those who compile against it), the code of a package that is
# wanted for its data, and pip, for nothing is installed after this.
RUN /opt/layerwright/bin/python -m pip install --no-deps --no-index /wheel/*.whl \
    && rm -rf /opt/layerwright/lib/python3*/site-packages/tensorflow/include \
    && find /opt/layerwright/lib -path '*/sklearn/*.so' -delete \
    && /opt/layerwright/bin/python -m pip uninstall --yes pip

FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends graphviz \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    && useradd --uid 1000 --create-home layerwright \
    && install -d -o layerwright -g layerwright /data
COPY --from=installed /opt/layerwright /opt/layerwright
# The root may be read-only: /data keeps, /tmp forgets.
ENV PATH=/opt/layerwright/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    TMPDIR=/tmp \
    KERAS_HOME=/tmp/keras \
    XDG_CACHE_HOME=/tmp/cache \
    MPLCONFIGDIR=/tmp/matplotlib \
    LAYERWRIGHT_HOST=0.0.0.0 \
    LAYERWRIGHT_DATA=/data
USER layerwright
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["layerwright", "serve"]
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="Layerwright" \
    org.opencontainers.image.description="A workbench for Keras Functional models: draw it, check it, train it" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
