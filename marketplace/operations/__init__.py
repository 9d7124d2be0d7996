"""Running the market: logs, metrics, the state of its parts, maintenance and what may be switched off."""
