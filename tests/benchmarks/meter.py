"""What processes cost: the CPU time each has used, PostgreSQL's share for some databases included."""

from __future__ import annotations

from collections.abc import Mapping

import psutil
from django.db import connection


def cpu_s(pids: Mapping[str, int], *, databases: list[str]) -> dict[str, float]:
    """Return the seconds of CPU by name: of each process with its children, and of PostgreSQL's sessions."""
    spent = {name: sum(map(_cpu_s, _family(pid))) for name, pid in pids.items()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = ANY(%s)", [databases])
        sessions = [pid for (pid,) in cursor.fetchall()]
    return spent | {"postgres": sum(map(_cpu_s, sessions))}


def rss_mb(pid: int) -> float:
    """Return the memory a process and its children keep, in MB."""
    return sum(process.memory_info().rss for process in _processes(_family(pid))) / 1e6


def _family(pid: int) -> list[int]:
    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def _processes(pids: list[int]) -> list[psutil.Process]:
    return [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]


def _cpu_s(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
