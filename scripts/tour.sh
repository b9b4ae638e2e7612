#!/usr/bin/env bash
# `npm run tour`: every command of docs/tour.md, one after the other, each held against what the page says it prints. S3 and the Data Catalog are moto's.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -d node_modules ] || npm ci
source scripts/moto.sh
npx vitest run test/tour.test.ts --reporter=verbose "$@"
