"""A bank as far as a shop needs one: accounts, a statement, transfers, notices of credits, an app."""
