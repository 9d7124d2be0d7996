"""What an administrator does to products: prices in whole đồng, stock that is being sold meanwhile."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from oscar.core.loading import get_model
from PIL import Image

from frontend.pictures import save_renditions
from marketplace.shop.basket import services as baskets
from tests.factories import ProduceFactory, RoomTypeFactory
from tests.shop.conftest import check_out, in_days, new_basket, order_of_rice_and_nights

Category = get_model("catalogue", "Category")
Product = get_model("catalogue", "Product")
ProductImage = get_model("catalogue", "ProductImage")
StockRecord = get_model("partner", "StockRecord")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def edit(administrator: Any, product: Any, **changes: Any) -> Any:
    """Send the product's form as its page shows it, with ``changes`` to its stock record."""
    address = f"/dashboard/catalogue/products/{product.pk}/"
    shown = administrator.get(address).context
    names = shown.keys()
    sets = [shown[name] for name in names if name.endswith("_formset")]
    data: dict[str, Any] = {}
    for each in [shown["form"], *(part for formset in sets for part in (formset.management_form, *formset))]:
        data |= {field.html_name: field.value() for field in each if field.value() not in (None, "")}
    data |= {f"stockrecords-0-{name}": value for name, value in changes.items()}
    return administrator.post(address, data | {"images-TOTAL_FORMS": 0})


@pytest.mark.parametrize(("name", "status"), [("Cây thuốc", 302), ("", 200)])
def test_a_category_without_a_slug_gets_that_of_its_name_and_its_form_is_always_shown(
    administrator, name, status
):
    category = Category.add_root(name="Dược liệu", slug="duoc-lieu")
    address = f"/dashboard/catalogue/categories/{category.pk}/update/"
    said = {"name": name, "slug": "", "treebeard_position": "first-child", "treebeard_ref_node": ""}

    answer = administrator.post(address, said)

    category.refresh_from_db()
    assert answer.status_code == status
    assert category.slug == ("cay-thuoc" if status == 302 else "duoc-lieu")


def test_the_price_field_shows_and_takes_whole_dong(administrator):
    rice = ProduceFactory(price_vnd=175_000)
    page = administrator.get(f"/dashboard/catalogue/products/{rice.product_id}/").content.decode()
    (field,) = re.findall(r'<input[^>]*name="stockrecords-0-price"[^>]*>', page)

    answer = edit(administrator, rice.product, price="180000")

    assert 'value="175000"' in field
    assert 'type="number"' in field
    assert 'min="1"' in field
    assert "step=" not in field  # a number field without a step takes whole numbers
    assert answer.status_code == 302
    assert StockRecord.objects.get().price == 180_000


@pytest.mark.parametrize("price", ["175000.5", "175.000", "175,000", "1e5", "mười"])
def test_a_price_that_is_not_plainly_whole_dong_is_refused(administrator, price):
    rice = ProduceFactory(price_vnd=175_000)

    page = edit(administrator, rice.product, price=price)

    assert page.status_code == 200
    assert "Write the price in whole đồng, digits only: 175000." in page.content.decode()
    assert StockRecord.objects.get().price == 175_000


def test_nothing_is_sold_for_nothing(administrator):
    rice = ProduceFactory(price_vnd=175_000)

    page = edit(administrator, rice.product, price="0").content.decode()

    assert "Ensure this value is greater than or equal to 1." in page
    assert StockRecord.objects.get().price == 175_000


def test_stock_that_orders_have_been_promised_cannot_be_taken_away(administrator):
    order = order_of_rice_and_nights().order
    rice = order.lines.order_by("pk").first().product

    page = edit(administrator, rice, num_in_stock="1").content.decode()

    assert "2 are set aside for orders. Keep at least that many." in page
    assert rice.stockrecords.get().num_in_stock == 10


def test_a_sale_while_somebody_edits_the_stock_is_not_forgotten(administrator, monkeypatch):
    rice = ProduceFactory(stock=10)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=3)
    form = StockRecord.full_clean

    def sell_meanwhile(record: Any, *args: Any, **kwargs: Any) -> None:
        form(record, *args, **kwargs)
        if not record.num_allocated:
            monkeypatch.undo()
            check_out(basket)

    monkeypatch.setattr(StockRecord, "full_clean", sell_meanwhile)

    edit(administrator, rice.product, num_in_stock="12")

    record = StockRecord.objects.get()
    assert (record.num_in_stock, record.num_allocated) == (12, 3)


def test_a_product_has_one_stock_record(administrator):
    rice = ProduceFactory()
    page = administrator.get(f"/dashboard/catalogue/products/{rice.product_id}/").content.decode()

    assert "stockrecords-0-price" in page
    assert "stockrecords-1-price" not in page
    assert "stockrecords-0-DELETE" not in page


def test_what_was_ordered_is_hidden_and_not_deleted(administrator):
    order = order_of_rice_and_nights().order
    rice = order.lines.order_by("pk").first().product

    page = administrator.post(
        f"/dashboard/catalogue/products/{rice.pk}/delete/", follow=True
    ).content.decode()

    assert "has been ordered, so it cannot be deleted. Hide it instead" in page
    assert Product.objects.filter(pk=rice.pk).exists()


def test_what_nobody_ordered_can_be_deleted(administrator):
    rice = ProduceFactory()

    administrator.post(f"/dashboard/catalogue/products/{rice.product_id}/delete/")

    assert not Product.objects.filter(pk=rice.product_id).exists()


def test_what_others_need_cannot_be_deleted_and_says_why(administrator):
    room = RoomTypeFactory(open_from=in_days(0))
    seller = room.stay.product.origin.seller

    answers = [
        administrator.post(address, follow=True)
        for address in (
            f"/dashboard/catalogue/products/{room.stay.product_id}/delete/",
            f"/dashboard/partners/{seller.partner_id}/delete/",
        )
    ]

    for answer in answers:
        assert "This cannot be deleted, because it is still needed by:" in answer.content.decode()
    assert Product.objects.filter(pk=room.stay.product_id).exists()
    assert seller.__class__.objects.filter(partner_id=seller.partner_id).exists()


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.usefixtures("media")
def test_products_are_shown_by_their_smallest_picture(administrator):
    rice = ProduceFactory()
    name = save_renditions(Image.new("RGB", (400, 300), "#1F6B4A"), name="products/rice")
    ProductImage.objects.create(product=rice.product, original=name)

    pages = [
        administrator.get(address)
        for address in ("/dashboard/catalogue/", f"/dashboard/catalogue/products/{rice.product_id}/")
    ]

    for page in pages:
        assert page.status_code == 200
        assert re.findall(r'<img src="([^"]+)"', page.content.decode()) == ["/media/products/rice-320.webp"]


@pytest.mark.usefixtures("media")
def test_a_picture_without_renditions_is_shown_itself(administrator):
    name = default_storage.save("images/rice.jpg", ContentFile(b"as a telephone took it"))
    ProductImage.objects.create(product=ProduceFactory().product, original=name)

    page = administrator.get("/dashboard/catalogue/").content.decode()

    assert '<img src="/media/images/rice.jpg"' in page
