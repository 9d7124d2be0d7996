"""What of the market is switched on, where and from when; the market as a whole too (maintenance)."""
