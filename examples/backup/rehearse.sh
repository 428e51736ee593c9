#!/bin/sh
# Serves a copy of a SQLite backup, as a restore or an upgrade would: rehearse.sh BACKUP [BINARY]
# BINARY is the daemun to start, such as the next version. The backup and the service in production stay untouched, and no mail is
# sent. Exits with 0 if the copy is migrated and served. On a terminal, the copy is served until Enter is pressed.
# Needs the DAEMUN_SECRET of production if it is set there. DAEMUN_LISTEN is 127.0.0.1:8090 unless set.
set -eu
backup=$1
daemun=${2:-daemun}
folder=$(mktemp -d)
service=
end() {
  [ -z "$service" ] || { kill "$service" && wait "$service"; } || true
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 1' INT TERM

cp "$backup" "$folder/daemun.db"
export DATABASE_URL="sqlite://$folder/daemun.db" DAEMUN_MAIL_URL="file://$folder/mails"
export DAEMUN_LISTEN="${DAEMUN_LISTEN:-127.0.0.1:8090}"
start=$(date +%s)
"$daemun" serve > "$folder/log" 2>&1 &
service=$!
until "$daemun" healthcheck 2> /dev/null; do
  kill -0 "$service" 2> /dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 1
done

echo "$("$daemun" --version) serves a copy of $backup on $DAEMUN_LISTEN, after $(($(date +%s) - start)) s. Its first accounts:"
"$daemun" user list --limit 3 2> /dev/null
if [ -t 0 ]; then
  printf 'Log in on http://%s/swagger-ui/, then press Enter here. ' "$DAEMUN_LISTEN"
  read -r _
fi
