#!/bin/sh
# Serves a copy of a SQLite backup, as a restore or an upgrade would: rehearse.sh BACKUP [BINARY]
# BINARY is the daemun to start, such as the next version. The backup and the service in production stay untouched, and no mail is
# sent. Exits with 0 if the copy is migrated and served. On a terminal, the copy is served until Enter is pressed.
# Needs the DAEMUN_SECRET of production if it is set there. The copy listens on REHEARSAL_LISTEN, 127.0.0.1:8090 unless set.
set -eu
backup=$1
daemun=${2:-daemun}
folder=$(mktemp -d)
service=
end() {
  [ -z "$service" ] || { kill "$service" && wait "$service"; } 2> /dev/null || true
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 1' INT TERM

cp "$backup" "$folder/daemun.db"
# The settings of production that would reach its database, its mail server or its ports.
unset DATABASE_URL_FILE DAEMUN_MAIL_URL_FILE DAEMUN_ADMIN_LISTEN
unset DAEMUN_WEBHOOK_URL DAEMUN_WEBHOOK_SECRET DAEMUN_WEBHOOK_SECRET_FILE DAEMUN_WEBHOOK_EVENTS
export DATABASE_URL="sqlite://$folder/daemun.db" DAEMUN_MAIL_URL="file://$folder/mails" DAEMUN_LOG_FORMAT=json
export DAEMUN_LISTEN="${REHEARSAL_LISTEN:-127.0.0.1:8090}"
start=$(date +%s)
"$daemun" serve > "$folder/log" 2>&1 &
service=$!
# The log is the copy's own: another service on the same port ends it.
until grep -q '"service.ready"' "$folder/log"; do
  kill -0 "$service" 2> /dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 1
done
"$daemun" healthcheck

echo "$("$daemun" --version) serves a copy of $backup on $DAEMUN_LISTEN, after $(($(date +%s) - start)) s. Its first accounts:"
"$daemun" user list --limit 3 2> /dev/null
if [ -t 0 ]; then
  printf 'Log in on http://%s/swagger-ui/, then press Enter here. ' "$DAEMUN_LISTEN"
  read -r _
fi
