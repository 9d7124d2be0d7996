"""A wallet operator, spoken to over HTTP like any other: its own project, database, process and port.

It stands in for Viettel Money, VNPT Money and MobiFone Money where no real sandbox can be reached. It
shares the ledger with the shop as a library and nothing else, so a real operator replaces it by a URL.
"""
