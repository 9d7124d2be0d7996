import json
from contextlib import suppress
from pathlib import Path

import environ
import psutil
import psycopg
import pytest
import redis

USE_UNTIL_INPUT_ENDS = """
import os, sys
from marketplace.local import services
services.ensure_environment()
print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
sys.stdin.read()
"""


def connect(url: str) -> psycopg.Connection:
    database = environ.Env.db_url_config(url)
    return psycopg.connect(
        dbname=database["NAME"], user=database["USER"], autocommit=True, **database["OPTIONS"]
    )


def server_processes(checkout) -> list[psutil.Process]:
    """Return the PostgreSQL and Valkey servers that work in ``checkout``."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(checkout.path):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def test_two_checkouts_have_servers_of_their_own_however_long_their_paths(checkouts):
    one, two = checkouts

    urls = [checkout.services("url", "books") for checkout in (one, two)]
    valkeys = [checkout.services("redis") for checkout in (one, two)]

    for number, url in enumerate(urls):
        with connect(url) as connection:
            connection.execute("CREATE TABLE mark (number integer)")
            connection.execute("INSERT INTO mark VALUES (%s)", [number])
    for number, valkey in enumerate(valkeys):
        redis.Redis.from_url(f"{valkey}/1").set("mark", number)
    assert [connect(url).execute("SELECT number FROM mark").fetchall() for url in urls] == [[(0,)], [(1,)]]
    assert [redis.Redis.from_url(f"{valkey}/1").get("mark") for valkey in valkeys] == [b"0", b"1"]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=redis.Redis.from_url(valkeys[0]).connection_pool.connection_kwargs["port"]).ping()


def test_servers_that_were_killed_start_again_with_their_data_whatever_their_pid_files_say(checkout):
    url = checkout.services("url", "books")
    with connect(url) as connection:
        connection.execute("CREATE TABLE mark AS SELECT 7 AS number")
    killed = server_processes(checkout)
    for process in killed:
        with suppress(psutil.NoSuchProcess):  # it went with the one before it
            process.kill()
    psutil.wait_procs(killed, timeout=10)
    pid_file = checkout.path / "var" / "postgres" / "postmaster.pid"
    # As after a reboot: the pid is some other process's by now.
    pid_file.write_text(pid_file.read_text().replace(pid_file.read_text().split()[0], "1", 1))

    again = checkout.services("url", "books")

    assert again == url
    assert connect(again).execute("SELECT number FROM mark").fetchall() == [(7,)]
    assert redis.Redis.from_url(checkout.services("redis")).ping()


def test_servers_stop_when_the_last_of_their_users_has_left(checkout):
    with (
        checkout.start("-c", USE_UNTIL_INPUT_ENDS) as first,
        checkout.start("-c", USE_UNTIL_INPUT_ENDS) as second,
    ):
        urls = [user.stdout.readline().split() for user in (first, second)]
        first.stdin.close()
        first.wait(timeout=30)
        after_the_first = connect(urls[1][0]).execute("SELECT current_database()").fetchone()
        second.stdin.close()
        second.wait(timeout=30)

    assert urls[0] == urls[1]
    assert after_the_first == ("muongthen",)
    assert server_processes(checkout) == []


def test_a_user_that_was_killed_does_not_keep_the_servers_from_stopping(checkout):
    with checkout.start("-c", USE_UNTIL_INPUT_ENDS) as killed:
        killed.stdout.readline()
        killed.kill()

    checkout.python("-c", "from marketplace.local import services; services.ensure_environment()")

    assert server_processes(checkout) == []


def test_servers_brought_up_by_hand_stay_until_they_are_taken_down(checkout):
    checkout.services("up")
    checkout.python("-c", "from marketplace.local import services; services.ensure_environment()")
    running = server_processes(checkout)

    checkout.services("down")

    assert running != []
    assert server_processes(checkout) == []


def test_valkey_keeps_its_data_over_a_stop_even_on_another_port(checkout):
    redis.Redis.from_url(f"{checkout.services('redis')}/0").rpush("celery", "a task")
    checkout.services("down")
    state_file = checkout.path / "var" / "valkey" / "state.json"
    state = json.loads(state_file.read_text())
    state_file.write_text(json.dumps(state | {"port": 1}))  # not ours to bind, or taken

    waiting = redis.Redis.from_url(f"{checkout.services('redis')}/0").lrange("celery", 0, -1)

    assert waiting == [b"a task"]


def test_the_environment_s_own_urls_are_kept_and_start_nothing(checkout):
    code = (
        "import os; from marketplace.local import services\n"
        "os.environ |= dict(DATABASE_URL='postgres://a', WALLET_DATABASE_URL='postgres://b', REDIS_URL='redis://c')\n"
        "services.ensure_environment(); print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"
    )

    printed = checkout.python("-c", code)

    assert printed == "postgres://a redis://c\n"
    assert not (checkout.path / "var" / "postgres").exists()


def test_a_file_dot_env_sets_what_the_environment_does_not(checkout):
    (checkout.path / ".env").write_text("REDIS_URL=redis://from-the-file\nPORT=9000\n")
    code = (
        "import os; from marketplace.local import services\n"
        "os.environ |= dict(DATABASE_URL='postgres://a', WALLET_DATABASE_URL='postgres://b', PORT='8001')\n"
        "services.ensure_environment(); print(os.environ['REDIS_URL'], os.environ['PORT'])"
    )

    printed = checkout.python("-c", code)

    assert printed == "redis://from-the-file 8001\n"


def test_a_database_name_that_would_need_quoting_is_refused(checkout):
    with checkout.start("-m", "marketplace.local.services", "url", "Books; DROP") as process:
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 1
    assert errors.splitlines() == [
        "'Books; DROP' cannot name a database. Use lower-case letters, digits and underscores, at most 63."
    ]
