#!/usr/bin/env bash
# Builds what run_autograder needs in /opt/gradebound: a Python of its own (3.11 or later), the CPU build of torch, and
# the grader. The system's python3 and its packages stay as they are. Safe to run again: what is there is kept.
set -euo pipefail
umask 022
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
home=/opt/gradebound
venv="$home/venv"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore DEBIAN_FRONTEND=noninteractive
export UV_PYTHON_INSTALL_DIR="$home/python" UV_CACHE_DIR="$home/cache" UV_LINK_MODE=copy UV_NO_PROGRESS=1

try() { # three times: a package index that is out of reach for a moment must not cost a course its image
  local wait
  for wait in 2 10 0; do
    if "$@"; then return 0; fi
    sleep "$wait"
  done
  echo "setup.sh: this failed three times: $*" >&2
  return 1
}

bring_uv() { # uv is one static program; it brings a Python that needs nothing of the system's but libc
  if command -v uv >/dev/null; then
    uv=uv
    return
  fi
  uv="$home/uv/bin/uv"
  if [ -x "$uv" ]; then return; fi
  if python3 -m pip --version >/dev/null 2>&1 && try python3 -m pip install --quiet --target "$home/uv" 'uv==@UV@'; then
    return
  fi
  if ! command -v curl >/dev/null; then
    try apt-get update -qq
    try apt-get install -y -qq --no-install-recommends curl ca-certificates
  fi
  try curl -LsSf --output "$home/uv.sh" 'https://astral.sh/uv/@UV@/install.sh'
  UV_INSTALL_DIR="$home/uv/bin" UV_NO_MODIFY_PATH=1 sh "$home/uv.sh" --quiet
}

mkdir -p "$home"
if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  bring_uv
  try "$uv" venv --quiet --seed --clear --python '>=3.11,<3.14' "$venv"
fi

# The extra index has the CPU build, whose version counts as the later one; the other build needs a GPU and gigabytes.
try "$venv/bin/python" -m pip install --quiet --no-cache-dir \
  --extra-index-url https://download.pytorch.org/whl/cpu \
  --constraint "$here/requirements.lock" --requirement "$here/requirements.txt"

site="$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
rm -rf "$site/grader"
cp -R "$here/grader" "$site/grader"
chmod -R u=rwX,go=rX "$site/grader"
"$venv/bin/python" -m compileall -q "$site/grader"
rm -rf "$home/cache" "$home/uv.sh"

# What the answers stand in is for root alone; students' code runs as a user of its own, who may not enter here.
chmod 0700 "$here"
find "$here" -type f -exec chmod 0600 {} +
chmod 0700 "$here/run_autograder" "$here/setup.sh"

"$venv/bin/python" -I -m grader.autograde --check "$here"
