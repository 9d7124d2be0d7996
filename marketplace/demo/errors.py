class DemoError(Exception):
    """The demo data cannot be loaded. The message says why, and what to do."""


class RowRefused(DemoError):
    def __init__(self, *, file: str, slug: str, column: str, found: str, wanted: str) -> None:
        super().__init__(
            f"{file}, row {slug!r}: {column} is {found!r}; wanted is {wanted}. Correct the row and try again."
        )


class NotEmpty(DemoError):
    def __init__(self, *, orders: int, sellers: int) -> None:
        super().__init__(
            f"This database already has {sellers} sellers and {orders} orders. The demo data fills an empty "
            "market only: give DATABASE_URL an empty database, or start afresh with `make clean`."
        )


class NotForProduction(DemoError):
    def __init__(self) -> None:
        super().__init__(
            "DEBUG is off. The demo accounts have a published password, so they are made where DEBUG is on "
            "and nowhere else. Run with DJANGO_SETTINGS_MODULE=marketplace.settings.dev."
        )
