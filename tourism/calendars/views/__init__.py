"""Pages of hosts about their nights, and of guests who ask."""
