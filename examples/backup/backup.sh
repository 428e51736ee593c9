#!/bin/sh
# Backs up a SQLite database, once a day: backup.sh FOLDER
# Keeps a backup of each of the last 14 days and of each of the last 12 months. A failed backup deletes nothing.
# Reads DATABASE_URL, as the service does. DAEMUN names the binary.
set -eu
folder=$1
today=$folder/day-$(date -u +%F).db
month=$folder/month-$(date -u +%Y-%m).db

"${DAEMUN:-daemun}" database backup "$today"
[ -e "$month" ] || ln "$today" "$month"

# Names have their date, so the order of names is the order of time.
keep() {
  ls "$folder" | grep "^$1-" | sort -r | tail -n "+$(($2 + 1))" | while read -r old; do
    rm "$folder/$old"
  done
}
keep day 14
keep month 12
