#!/bin/sh
# Makes the server again beside the others, as it was at $POINT, from the last copy before it and the kept log.
# After that it is a primary of its own: set PRIMARY_HOST=restored in .env to let the market use it.
set -eu
kept=${ARCHIVE:-/archive}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POINT:?the moment, as 2026-11-23 09:59:59+07}"
  limit=base-$(date -u -d "$POINT" +%Y%m%dT%H%M%SZ)
  base=
  for each in "$kept"/base-*; do
    [ -d "$each" ] && [ "$(printf '%s\n' "$(basename "$each")" "$limit" | sort | head -n 1)" = "$(basename "$each")" ] &&
      base=$each
  done
  [ -n "$base" ] || { echo "No copy in $kept is older than $POINT." >&2; exit 1; }
  mkdir -p "$PGDATA"
  cp -a "$base/." "$PGDATA/"
  touch "$PGDATA/recovery.signal"
  cat >> "$PGDATA/postgresql.auto.conf" <<SETTINGS
restore_command = 'cp $kept/%f %p'
recovery_target_time = '$POINT'
recovery_target_action = 'promote'
SETTINGS
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
fi
exec gosu postgres "$@"
