"""What happens to a parcel, in its order, and where."""

KINDS = ("taken", "sorted", "out", "failed", "delivered", "returned")
USUAL = (("taken", "Điện Biên Phủ"), ("sorted", "Hà Nội"), ("out", ""), ("delivered", ""))


def next_of(told: list[str]) -> tuple[str, str] | None:
    """Return what usually happens next and where, None when the parcel's way has ended."""
    if "delivered" in told or "returned" in told:
        return None
    return next(((kind, place) for kind, place in USUAL if kind not in told), None)
