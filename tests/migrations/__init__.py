"""`python -m tests.migrations`: are the migrations that no installation has yet safe while people buy?"""
