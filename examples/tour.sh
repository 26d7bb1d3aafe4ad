#!/bin/sh
# A tour of the API with curl. Start Gatewatch first (npm start), make a key with
#   npx gatewatch keys create --name tour --role admin
# and run: GATEWATCH_KEY=gw_... sh examples/tour.sh
set -eu
url="${GATEWATCH_URL:-http://127.0.0.1:5000}"
key="Authorization: Bearer ${GATEWATCH_KEY:?set GATEWATCH_KEY to an API key}"
json='Content-Type: application/json'

echo '# Is it well? No key is needed.'
curl -sS --fail-with-body "$url/health"

printf '\n\n# What should be done about this sign-in? The answer is recorded and learned.\n'
curl -sS --fail-with-body -H "$key" -H "$json" "$url/v1/assess" -d '{
  "event": {"actor": {"name": "grace@example.com"}, "src": {"ip": "203.0.113.7"}, "device": {"uid": "grace-laptop"}, "uid": "tour-0"},
  "deadline_ms": 500
}'

printf '\n\n# Had it been challenged: what became of that?\n'
curl -sS --fail-with-body -H "$key" -H "$json" "$url/v1/assess/tour-0/outcome" -d '{"outcome": "passed", "factor": "webauthn"}'

printf '\n\n# Many events at once, one a line, gzip allowed.\n'
printf '%s\n%s\n' \
  '{"uid": "tour-1", "time": "2026-01-05T08:59:00Z", "actor": {"name": "grace@example.com"}, "src": {"ip": "203.0.113.7"}}' \
  '{"uid": "tour-2", "time": "2026-01-05T09:01:00Z", "actor": {"name": "alan@example.com"}, "src": {"ip": "198.51.100.9"}}' |
  gzip | curl -sS --fail-with-body -H "$key" -H 'Content-Type: application/x-ndjson' -H 'Content-Encoding: gzip' \
  --data-binary @- "$url/v1/events"

printf '\n\n# The newest alerts.\n'
curl -sS --fail-with-body -H "$key" "$url/v1/alerts?limit=3"

printf '\n\n# The same engine in the words of common demo APIs.\n'
curl -sS --fail-with-body -H "$key" -H "$json" "$url/predict" \
  -d '{"user_id": "grace@example.com", "ip_address": "203.0.113.7", "device_id": "grace-laptop", "success": true}'
echo
