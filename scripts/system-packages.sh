#!/usr/bin/env bash
# Installs what some tests need of the system, where it is not there: Debian's chromium, in which the page of `fletching profile` is opened.
# Where it cannot be installed, this says how, and the tests that need it are skipped.
set -euo pipefail

chromium=${CHROMIUM:-$(command -v chromium || true)}
if [ -x "$chromium" ]; then
  echo "chromium: $chromium"
elif [ -e /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null
  echo "chromium: $(command -v chromium)"
else
  echo 'chromium is not there; on Debian: apt-get install chromium. Elsewhere CHROMIUM=/path/to/chromium names one.' >&2
fi
