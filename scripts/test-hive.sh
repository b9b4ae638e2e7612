#!/usr/bin/env bash
# Executes the statements of `fletching catalog ddl` in Spark, whose tables are Hive's, over what the main job wrote, and parses them as
# Athena's with sqlglot. Both come from PyPI, into a virtual environment of their own; the metastore is in memory.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v java > /dev/null || { echo 'Java 17 is needed: apt-get install openjdk-17-jre-headless' >&2; exit 1; }

venv=.venv/hive
if [ ! -x "$venv/bin/python" ] || [ scripts/requirements-hive.txt -nt "$venv/ready" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/requirements-hive.txt
  touch "$venv/ready"
fi

export FLETCHING_TEST_PYTHON="$PWD/$venv/bin/python" SPARK_LOCAL_IP=127.0.0.1
npx vitest run test/catalog-ddl "$@"
