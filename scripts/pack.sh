#!/usr/bin/env bash
# Builds the command and every package that it needs, and packs them into the folder $1, as npm would publish them.
set -euo pipefail
target=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
npm run --silent build
npm pack --silent --pack-destination "$target" \
  -w packages/columns -w packages/storage -w packages/kernels -w packages/ndjson -w packages/csv -w packages/parquet \
  -w packages/plan -w packages/job -w packages/engine -w packages/catalog -w packages/personalize -w packages/explore -w packages/gen -w jobs -w packages/cli
