#!/usr/bin/env bash
# Create a virtual environment and install Ragline into it, under constraints.txt. Usage: deploy/setup.sh [FOLDER]
#
# PIP_FIND_LINKS, PIP_INDEX_URL and PIP_EXTRA_INDEX_URL are passed on to uv. UV_TORCH_BACKEND=cpu chooses the CPU build of PyTorch.
set -euo pipefail
cd "$(dirname "$0")/.."
venv="${1:-.venv}"

fail() { echo "setup: $1" >&2; exit 2; }

find_python() {
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail "Ragline needs Python 3.11, 3.12 or 3.13 and there is none in PATH: install one (Debian and Ubuntu: python3 and python3-venv)."
}

check_java() {
  local java="${JAVA_HOME:+$JAVA_HOME/bin/}java" install version
  install="install a JDK or JRE 17 or newer (Debian and Ubuntu: openjdk-17-jre-headless; macOS: brew install openjdk@17)."
  command -v "$java" >/dev/null || fail "Spark needs Java and '$java' is not there: $install"
  version="$("$java" -version 2>&1 | sed -nE 's/.*version "([0-9]+).*/\1/p' | head -1)"
  [ "${version:-0}" -ge 17 ] || fail "Spark needs Java 17 and '$java' is version ${version:-unknown}: $install"
}

python="$(find_python)"
check_java
if ! [ -x "$venv/bin/python" ]; then
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot create virtual environments: install its venv package (Debian and Ubuntu: python3-venv)."
  "$python" -m venv "$venv"
fi
[ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install --quiet --constraint constraints.txt uv

# uv does not read pip's variables; what a machine has set for pip holds for uv too, unless it is set for uv itself.
pass_on() { if [ -n "${!1:-}" ] && [ -z "${!2:-}" ]; then export "$2=${!1// /,}"; fi; }
pass_on PIP_FIND_LINKS UV_FIND_LINKS
pass_on PIP_INDEX_URL UV_DEFAULT_INDEX
pass_on PIP_EXTRA_INDEX_URL UV_INDEX
# Compiled once here: a job starts in half the time, also where Python is told not to write bytecode or may not.
"$venv/bin/uv" pip install --compile-bytecode --python "$venv/bin/python" --constraint constraints.txt --editable '.[all,dev]'
# Also once: with the classes of Spark in an archive a job's JVM starts in half the time.
archived="$("$venv/bin/python" -m ragline.spark.make_class_archive 2>&1)" ||
  echo "setup: Spark's jobs will start some seconds later, for want of an archive of its classes: ${archived##*$'\n'}" >&2
