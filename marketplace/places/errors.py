"""What can go wrong with places, in words."""


class PlacesError(Exception):
    """Anything this package refuses."""

    code = "places_error"


class CommuneUnknown(PlacesError):
    code = "commune_unknown"

    def __init__(self, *, commune_code: str, on: object) -> None:
        super().__init__(
            f"No commune had the code {commune_code!r} on {on}. Codes have five digits, and most of "
            f"those used before 2025-07-01 are no longer valid: give the day together with the code."
        )


class UnitNotContained(PlacesError):
    code = "unit_not_contained"

    def __init__(self, *, unit: str, unit_code: str, on: object) -> None:
        super().__init__(
            f"No single unit of {on} contains {unit} ({unit_code}). A commune can be followed forward "
            f"to its successor, not back to the several units it was made of."
        )


class MapMissing(PlacesError):
    code = "map_missing"

    def __init__(self) -> None:
        super().__init__("There is no map of the communes yet. Run `manage.py load_places` to draw one.")


class ReferenceRefused(PlacesError):
    """A file of reference data contradicts itself, another file, or the database."""

    code = "reference_refused"

    def __init__(self, *, place: str, found: object, wanted: str) -> None:
        super().__init__(
            f"{place}: found {found!r}, expected {wanted}. Nothing was loaded; correct the file and "
            f"run `manage.py load_places` again."
        )


class BoundariesRefused(PlacesError):
    """A file of boundaries is not a map of today's communes."""

    code = "boundaries_refused"

    def __init__(self, *, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem} The map in use was not changed.")
