#!/bin/sh
# Copies the whole server, shop and wallet operator alike, below /archive: with the log kept there it can be
# made again as it was at any moment since. A copy that did not come to its end is not there.
set -eu
kept=${ARCHIVE:-/archive}
name=base-$(date -u +%Y%m%dT%H%M%SZ)
rm -rf "$kept"/.base-*
pg_basebackup --username "${POSTGRES_USER:-postgres}" --pgdata "$kept/.$name" --checkpoint fast --wal-method stream
mv "$kept/.$name" "$kept/$name"
echo "$kept/$name: $(du -sh "$kept/$name" | cut -f1)"
