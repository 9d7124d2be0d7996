#!/bin/sh
# Runs once, when the primary's data directory is made: the shop's and the wallet operator's databases, and
# whom replicas come as.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username postgres <<'SQL'
CREATE ROLE muongthen LOGIN PASSWORD :'password';
CREATE ROLE wallet LOGIN PASSWORD :'password';
CREATE ROLE replica LOGIN REPLICATION PASSWORD :'password';
CREATE DATABASE muongthen OWNER muongthen;
CREATE DATABASE wallet OWNER wallet;
SELECT pg_create_physical_replication_slot('replica');
SQL
echo "host replication replica all scram-sha-256" >> "$PGDATA/pg_hba.conf"
