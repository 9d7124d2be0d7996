from tests.shop.conftest import _silent_wallet, stay_options, visitor  # noqa: F401  (fixtures)
from tests.shop.test_seats import tour_options  # noqa: F401  (fixture)
