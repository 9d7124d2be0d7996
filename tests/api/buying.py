"""Filling a basket and ordering by REST."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Api
from tests.factories import ProduceFactory

CHECKOUT: dict[str, Any] = {
    "phone": "0399 000 001",
    "name": "Lò Thị Mai",
    "delivery": {"method": "home", "province": "01", "detail": "Số 5 phố Hàng Mã"},
    "provider": "viettel",
    "msisdn": "0399000001",
}


def new_basket(api: Api) -> str:
    answer = api.post("baskets/")
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def put(api: Api, basket: str, **wish: Any) -> dict[str, Any]:
    answer = api.post(f"baskets/{basket}/lines/", wish)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def order_rice(api: Api, **changes: Any) -> dict[str, Any]:
    """Order one bag of rice for 175.000 ₫ and 90.500 ₫ of delivery."""
    basket = new_basket(api)
    put(api, basket, product=ProduceFactory(price_vnd=175_000, weight_g=5_000).product_id, quantity=1)
    answer = api.post(f"baskets/{basket}/checkout/", CHECKOUT | changes)
    assert answer.status_code == 201, answer.json()
    return answer.json()
