"""What stands before shops and databases: nginx and pgbouncer, for the loopback and in the foreground."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from marketplace.local import postgres
from marketplace.local.errors import LocalError
from marketplace.local.paths import BASE_DIR

PROXY_FILES = BASE_DIR / "docker" / "proxy"
POOLER_PORT = 6432  # names the socket; nothing listens on it

PROXY = """\
# Written by marketplace/cluster/front.py at every start. The server block's content is that of the container.
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 4096; }}
http {{
  default_type application/octet-stream;
  access_log off;
  server_tokens off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/static levels=1:2 keys_zone=static:2m max_size=200m inactive=7d;
  map $http_upgrade $connection_upgrade {{
    default upgrade;
    "" "";
  }}
  upstream shop {{
{shops}
    keepalive 32;
  }}
  server {{
    listen 127.0.0.1:{port};
    location = /proxyz {{ return 200 "ok\\n"; }}
    include {folder}/shop.conf;
  }}
}}
"""
POOLER = """\
; Written by marketplace/cluster/front.py at every start.
[databases]
{databases}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = 40
max_client_conn = 1000
server_idle_timeout = 60
ignore_startup_parameters = extra_float_digits,options
log_connections = 0
log_disconnections = 0
log_stats = 0
"""


def find(program: str, package: str) -> str:
    """Return the path of ``program``. Raises LocalError naming the ``package`` of Debian that has it."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise LocalError(f"{program} is not installed here: apt-get install {package}")
    return found


def proxy(folder: Path, *, port: int, shops: Sequence[int]) -> list[str]:
    """Write the proxy's configuration and return its command: it listens on ``port``, the shops on theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    servers = "\n".join(f"    server 127.0.0.1:{number} max_fails=1 fail_timeout=2s;" for number in shops)
    written = PROXY.format(
        # Started as root it would become nobody, who may not read the checkout.
        user="user root;" if os.geteuid() == 0 else "",
        folder=folder,
        shops=servers,
        port=port,
    )
    (folder / "nginx.conf").write_text(written)
    shared = (PROXY_FILES / "shop.conf").read_text().replace("/srv/unavailable", str(PROXY_FILES))
    (folder / "shop.conf").write_text(shared)
    return [find("nginx", "nginx-light"), "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"]


def pooler(folder: Path, *, databases: Mapping[str, tuple[Path, str]]) -> list[str]:
    """Write the pooler's configuration and return its command.

    ``databases`` are the names it offers, each with the socket's directory of a server and a database there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(
        f"{name} = host={sockets} dbname={database} user={postgres.SUPERUSER}"
        for name, (sockets, database) in databases.items()
    )
    settings = folder / "pgbouncer.ini"
    settings.write_text(POOLER.format(databases=lines, port=POOLER_PORT, folder=folder))
    command = [find("pgbouncer", "pgbouncer"), "--quiet", str(settings)]
    if os.geteuid() == 0:  # which it refuses to run as
        user = postgres.run_as()
        postgres.let_through(folder)
        for path in (folder, settings):
            postgres.give(path, user)
        command[1:1] = ["--user", str(user)]
    return command


def pooled(folder: Path, name: str) -> str:
    """Return the URL of the database ``name`` through the pooler in ``folder``."""
    return f"postgres://{postgres.SUPERUSER}@/{name}?host={folder}&port={POOLER_PORT}"
