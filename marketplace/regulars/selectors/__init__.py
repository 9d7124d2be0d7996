"""Everything that reads for those who buy again, by topic."""
