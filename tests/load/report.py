"""How a run under load is told: a line for the terminal, a page for whoever was not there."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Load</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border-bottom: 1px solid #ddd; padding: .4rem .6rem; text-align: right }}
th:first-child, td:first-child {{ text-align: left }}
</style></head>
<body><h1>The market under load</h1>{parts}</body></html>
"""
COLUMNS = ("", "requests/s", "p50 ms", "p95 ms", "p99 ms", "failures", "CPU ms a request", "memory MB")


def goal(name: str, ours: float, unit: str, most: float) -> dict[str, Any]:
    """Return a goal as it is written down: ``ours`` may be ``most`` at the most."""
    return {"name": name, "ours": ours, "unit": unit, "most": most, "holds": ours <= most}


def line(
    name: str, requests_s: float, ms: Mapping[str, float], failures: int, cpu_ms: Mapping[str, float]
) -> str:
    costs = ", ".join(f"{who} {spent:.1f}" for who, spent in cpu_ms.items() if spent >= 0.05)
    return (
        f"{name:>20}: {requests_s:6.1f} requests/s, p50 {ms['p50']:.0f} p95 {ms['p95']:.0f} "
        f"p99 {ms['p99']:.0f} ms, {failures} failures; CPU ms a request: {costs}"
    )


def page(told: Mapping[str, Any]) -> str:
    """Return the whole of var/load.json as a page."""
    parts = []
    for title, found in told.items():
        if isinstance(found, dict) and "steps" in found:
            parts.append(f"<h2>{escape(title)}: knee at {found['knee_requests_s']:.1f} requests/s</h2>")
            parts.append(_table(COLUMNS, [_row(step) for step in found["steps"]]))
    goals = [
        (
            each["name"],
            f"{each['ours']:g} {each['unit']}",
            f"{each['most']:g}",
            "yes" if each["holds"] else "no",
        )
        for each in told.get("goals", [])
    ]
    parts.append("<h2>Goals</h2>" + _table(("", "ours", "at most", "holds"), goals))
    return PAGE.format(parts="".join(parts))


def _row(step: Mapping[str, Any]) -> tuple[str, ...]:
    costs = ", ".join(f"{who} {spent:.1f}" for who, spent in step["cpu_ms"].items())
    memory = ", ".join(f"{who} {mb:.0f}" for who, mb in step["memory_mb"].items())
    ms = [f"{step['ms'][share]:.0f}" for share in ("p50", "p95", "p99")]
    return (step["name"], f"{step['requests_s']:.1f}", *ms, str(step["failures"]), costs, memory)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    top = "".join(f"<th>{escape(word)}</th>" for word in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
