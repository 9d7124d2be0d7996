"""Sample data for /design/: nothing here is read from a table, and nothing of it is sold."""

import json
from datetime import date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

ICONS = """
    home search basket wallet user people phone call language rice leaf flower tea honey fruit mushroom
    meat cloth fire mountain house bed calendar clock map pin truck box scales star heart check plus minus
    close arrow arrow-left down filter info alert bell eye edit trash lock return print download qr chart
    settings exit
"""

COLOURS = (
    ("paper", "#FBF8F3"), ("paper-deep", "#F3ECE0"), ("surface", "#FFFFFF"), ("ink", "#1E2430"),
    ("ink-soft", "#555C6B"), ("line", "#E5DCCD"), ("line-strong", "#8A8375"), ("forest", "#1F6B4A"),
    ("forest-tint", "#E6F0EA"), ("pink", "#C2256B"), ("pink-tint", "#FBE8F0"), ("gold", "#D9A21B"),
    ("gold-deep", "#7A5600"), ("gold-tint", "#FBF1D6"), ("indigo", "#27346B"), ("indigo-tint", "#E8EAF4"),
    ("danger", "#B3261E"), ("danger-tint", "#FCEBE9"),
)  # fmt: skip

MAP_FILE = Path(__file__).parents[1] / "marketplace" / "places" / "data" / "map.json"
MAP_CLASSES = ("c0", "c3", "c1", "c5", "c2", "none", "c4", "c1", "hidden")

PRODUCTS: tuple[dict[str, Any], ...] = (
    {"name": "Gạo Séng Cù Trường Hương Điện Biên", "seller": "Hợp tác xã Trường Hương",
     "place": "Phường Mường Thanh", "price_vnd": 175_000, "pack": "túi 5 kg", "unit_price_vnd": 35_000,
     "unit": "kg", "icon": "rice", "ocop_stars": 3, "in_season": True},
    {"name": "Chè Shan tuyết cổ thụ Tủa Chùa", "seller": "Hộ ông Giàng A Páo", "place": "Xã Sín Chải",
     "price_vnd": 320_000, "pack": "hộp 200 g", "unit_price_vnd": 1_600_000, "unit": "kg", "icon": "tea",
     "ocop_stars": 4},
    {"name": "Mật ong rừng", "seller": "Hộ bà Lò Thị Hặc", "place": "Xã Mường Phăng", "price_vnd": 250_000,
     "pack": "chai 1 lít", "unit_price_vnd": 250_000, "unit": "lít", "icon": "honey", "in_season": True},
    {"name": "Thịt trâu gác bếp", "seller": "Hộ ông Quàng Văn Inh", "place": "Xã Thanh Nưa",
     "price_vnd": 450_000, "pack": "gói 500 g", "unit_price_vnd": 900_000, "unit": "kg", "icon": "meat",
     "sold_out": True},
)  # fmt: skip

STAYS: tuple[dict[str, Any], ...] = (
    {"name": "Nhà sàn Che Căn", "village": "Bản Che Căn", "place": "Xã Mường Phăng", "price_vnd": 120_000,
     "capacity": 25, "people": "Thái đen"},
    {"name": "Homestay Phương Đức", "village": "Bản Phiêng Lơi", "place": "Phường Điện Biên Phủ",
     "price_vnd": 150_000, "capacity": 30, "people": "Thái"},
    {"name": "Nhà trình tường Sín Chải", "village": "Bản Hấu Chua", "place": "Xã Sín Chải",
     "price_vnd": 140_000, "capacity": 12, "people": "Mông", "sold_out": True},
)  # fmt: skip


class SampleForm(forms.Form):
    phone = forms.CharField(label="Số điện thoại", help_text="Chúng tôi nhắn mã đơn hàng đến số này.")
    name = forms.CharField(label="Họ và tên", max_length=60)
    commune = forms.ChoiceField(
        label="Xã, phường",
        choices=[("", "Chọn nơi nhận"), ("03325", "Xã Mường Phăng")],
    )
    arrival = forms.DateField(label="Ngày đến", widget=forms.DateInput({"type": "date"}))
    note = forms.CharField(label="Lời nhắn", required=False, widget=forms.Textarea({"rows": 3}))
    provider = forms.ChoiceField(
        label="Ví điện tử",
        widget=forms.RadioSelect,
        choices=[("viettel", "Viettel Money"), ("vnpt", "VNPT Money"), ("mobifone", "MobiFone Money")],
        help_text="Bạn sẽ xác nhận bằng mã PIN trên điện thoại.",
    )
    agreed = forms.BooleanField(label="Tôi đã đọc điều kiện huỷ đơn")


def samples() -> dict[str, Any]:
    """Return everything the page shows; dates are counted from today."""
    now = timezone.localtime()
    return {
        "icons": ICONS.split(),
        "colours": COLOURS,
        "products": [{"url": "#card", **product} for product in PRODUCTS],
        "stays": [{"url": "#card", **stay} for stay in STAYS],
        "empty_form": SampleForm(initial={"provider": "viettel"}),
        "wrong_form": SampleForm({"phone": "", "name": "Lò Thị Mai", "commune": "03325", "arrival": "mai"}),
        "page_obj": Paginator(range(230), 24).page(4),
        "crumbs": [("Nông sản", "#"), ("Gạo", "#"), ("Gạo Séng Cù Trường Hương", "")],
        "steps": ["Liên hệ", "Nhận hàng", "Thanh toán"],
        "payments": _payments(now),
        "weeks": _weeks(now.date()),
        "shapes": _shapes(),
        "legend": ["c0", "c1", "c2", "c3", "c4", "c5"],
        "rows": _rows(),
    }


def _payments(now: datetime) -> list[dict[str, Any]]:
    texts = {
        "pending": ("wallet", "Mở ví và nhập mã PIN"),
        "succeeded": ("check", "Đã thanh toán"),
        "failed": ("close", "Ví từ chối thanh toán"),
        "expired": ("clock", "Hết thời gian giữ chỗ"),
    }
    until = now + timedelta(minutes=14, seconds=30)
    return [
        {"state": state, "icon": icon, "title": title, "amount_vnd": 620_000, "until": until}
        for state, (icon, title) in texts.items()
    ]


def _weeks(today: date) -> list[list[dict[str, Any]]]:
    first = today - timedelta(days=today.weekday())
    states = cycle(["free", "free", "few", "free", "full", "free", "free", "chosen", "chosen"])
    days = [first + timedelta(days=offset) for offset in range(35)]
    cells = [{"day": day.day, "state": "past" if day < today else next(states), "left": 3} for day in days]
    return [cells[start : start + 7] for start in range(0, 35, 7)]


def _shapes() -> dict[str, Any]:
    """The real map with made-up figures."""
    sheet = json.loads(MAP_FILE.read_text(encoding="utf-8"))
    paths = [
        {"path": path, "class": name}
        for (path, *_label), name in zip(sheet["shapes"].values(), cycle(MAP_CLASSES), strict=False)
    ]
    return {"viewbox": sheet["viewbox"], "paths": paths}


def _rows() -> list[dict[str, Any]]:
    return [
        {"name": "Xã Mường Phăng", "orders": 128, "sellers": 14, "net_vnd": 86_450_000},
        {"name": "Phường Mường Thanh", "orders": 97, "sellers": 9, "net_vnd": 61_200_000},
        {"name": "Xã Sín Chải", "orders": 41, "sellers": 6, "net_vnd": 23_780_000},
        {"name": "Xã Tủa Thàng", "orders": 3, "sellers": 1, "net_vnd": None},
    ]
