# For `source`: starts moto, from PyPI, in a virtual environment of its own, on the loopback address, until the shell ends. FLETCHING_TEST_S3_ENDPOINT says where.

venv=.venv/s3
if [ ! -x "$venv/bin/moto_server" ] || [ scripts/requirements-s3.txt -nt "$venv/ready" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/requirements-s3.txt
  touch "$venv/ready"
fi

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
"$venv/bin/moto_server" -H 127.0.0.1 -p "$port" > "$venv/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT

export FLETCHING_TEST_S3_ENDPOINT="http://127.0.0.1:$port"
for _ in $(seq 100); do
  if node -e 'fetch(process.env.FLETCHING_TEST_S3_ENDPOINT).then(() => process.exit(0), () => process.exit(1))'; then break; fi
  kill -0 "$server" 2> /dev/null || { cat "$venv/server.log"; exit 1; }
  sleep 0.2
done
