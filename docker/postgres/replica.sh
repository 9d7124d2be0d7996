#!/bin/sh
# Copies the primary where there is no copy yet, then follows it. After `pg_ctl promote` it is a primary.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres /var/lib/postgresql
  chmod 700 "$PGDATA"
  gosu postgres pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --wal-method stream --slot replica \
    --dbname "host=primary user=replica password=$POSTGRES_PASSWORD"
fi
exec gosu postgres "$@"
