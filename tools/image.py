"""Builds the container image, with Docker where an engine answers, else with buildah: `python -m tools.image`.

BASE names another base image, TAG the image. Where packages come from is the caller's, by the variables that pip and
npm read themselves: the files that they name are mounted while a command runs, and stay in no layer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Secrets of the Dockerfile, and the variables whose files they are; the first that is set counts.
SECRETS = {
    "pip": ("PIP_CONFIG_FILE",),
    "ca": ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    "npm": ("NPM_CONFIG_USERCONFIG",),
}
# Both builders know these without the Dockerfile, and keep them out of the image's history.
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


def main() -> int:
    """Build the image; the builder's exit code, 2 where there is none."""
    builder = find_builder()
    if builder is None:
        print("Neither a Docker engine nor buildah is here. Debian and Ubuntu: apt install buildah", file=sys.stderr)
        return 2
    return build(builder, os.environ.get("TAG", "layerwright"), os.environ.get("BASE"), os.environ)


def find_builder() -> list[str] | None:
    """The command that builds images; None where there is none."""
    if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        return ["docker", "build"]
    # Without `docker`, the OCI format would leave the healthcheck out.
    return ["buildah", "build", "--format", "docker"] if shutil.which("buildah") else None


def build(builder: list[str], tag: str, base: str | None, environ: Mapping[str, str]) -> int:
    """Build the checkout's image with this tag; the builder's exit code."""
    command = [*builder, "--tag", tag, *arguments(base, environ), str(ROOT)]
    # Where nothing may make namespaces, in a container itself, buildah still runs commands in a chroot.
    env = {"DOCKER_BUILDKIT": "1", "BUILDAH_ISOLATION": "chroot", **environ}
    return subprocess.run(command, env=env, check=False).returncode


def arguments(base: str | None, environ: Mapping[str, str]) -> Iterator[str]:
    """What the builder is told of the caller's environment."""
    if base:
        yield f"--build-arg=BASE={base}"
    yield f"--build-arg=VERSION={tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']}"
    yield f"--build-arg=REVISION={_revision()}"
    for id, variables in SECRETS.items():
        file = next((environ[name] for name in variables if environ.get(name)), None)
        if file and Path(file).is_file():
            yield f"--secret=id={id},src={file}"
    for name in PROXIES:
        if environ.get(name):
            yield f"--build-arg={name}"  # without a value: taken from the environment, seen by nobody


def _revision() -> str:
    said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
