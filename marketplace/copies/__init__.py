"""Copies of public pages, kept in Valkey and given to everybody until something they show changes.

A copy is made for nobody: its view is called with a request that has no cookie, no person and no basket, and
leaves holes where pages greet somebody. What it shows is named by scopes; triggers in the database note every
change of a scope (0001_initial.sql), in the transaction that makes the change. Whoever looks a copy up asks
the database whether anything was noted since it was made: one query, and never an old price.
"""
