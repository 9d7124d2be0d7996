"""Files that are made of npm packages, which a machine may lack: see marketplace/local/assets.py."""

from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """``{% asset "vendor/uplot.js" as uplot %}{% if uplot %}``: its address, or "" where it was not made."""
    return static(name) if _is_made(Path(settings.ASSETS_DIR), name) else ""


@cache
def _is_made(folder: Path, name: str) -> bool:
    """Asked once a process: what is not there when it starts is not served by it."""
    return (folder / name).is_file()
