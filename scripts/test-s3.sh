#!/usr/bin/env bash
# Runs the tests of storage, of looking at data in S3 and of the Data Catalog against real servers: moto, from PyPI, in a virtual environment of its own, on the loopback address.
# It is asked too what our own test servers are asked, and must give the same answers; of Personalize it knows the schemas.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/moto.sh
npx vitest run packages/storage/test/s3 packages/testing/test/faulty-s3/operations test/s3-job test/look-s3 packages/catalog/test/glue-register test/catalog-job packages/personalize/test/moto "$@"
