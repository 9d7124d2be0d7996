from tests.shop.conftest import _silent_wallet, post, stay_options  # noqa: F401  (fixtures)
