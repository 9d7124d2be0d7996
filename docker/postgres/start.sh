#!/bin/sh
# Gives the kept log to PostgreSQL's own user, since a new volume belongs to root, and becomes the server.
set -eu
chown postgres:postgres /archive
exec docker-entrypoint.sh "$@"
