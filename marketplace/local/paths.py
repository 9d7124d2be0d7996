"""Where one checkout keeps what it makes while running: everything is below ``var/``."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"
