# docker build -t layerwright .
# docker run -p 127.0.0.1:8000:8000 -v layerwright:/data layerwright      prints the address with its token
#
# Without training (a tenth of the size): --build-arg SETS=run
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS editor
WORKDIR /src
RUN python -m venv /build
COPY pyproject.toml requirements.lock ./
COPY tools tools
RUN /build/bin/python -m tools.install node build
COPY frontend frontend
RUN /build/bin/python -m tools.editor build
COPY README.md LICENSE hatch_build.py ./
COPY templates templates
COPY static static
COPY graphcore graphcore
COPY app app
RUN /build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheel .

FROM ${BASE} AS installed
ARG SETS="run train"
WORKDIR /src
RUN python -m venv /opt/layerwright
COPY pyproject.toml requirements.lock ./
COPY tools tools
RUN /opt/layerwright/bin/python -m tools.install ${SETS}
COPY --from=editor /wheel /wheel
RUN /opt/layerwright/bin/python -m pip install --no-deps --no-index /wheel/*.whl

FROM ${BASE}
RUN useradd --create-home --uid 1000 layerwright && install -d -o layerwright -g layerwright /data
COPY --from=installed /opt/layerwright /opt/layerwright
ENV PATH=/opt/layerwright/bin:$PATH PYTHONDONTWRITEBYTECODE=1 LAYERWRIGHT_HOST=0.0.0.0 LAYERWRIGHT_DATA=/data
USER layerwright
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["layerwright", "serve"]
