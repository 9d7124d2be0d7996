from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from payments.simulator import agents, strangers, wallets

PIN = "135790"
# What the shop put on its accounts to pay sellers from. Its demo data has the same sums and references.
TOP_UP, TOP_UP_VND = "SAMPLE-TOP-UP", 20_000_000
# The phones of the shop's demo accounts: operator, number, holder, đồng to begin with.
WALLETS = (
    ("viettel", "+84399000001", "Nguyễn Thị Mai", 20_000_000),
    ("viettel", "+84399000002", "Lò Văn Sung", 2_000_000),
    ("vnpt", "+84889000003", "Lò Thị Pản", 2_000_000),
    ("mobifone", "+84899000004", "Quàng Văn Thắng", 2_000_000),
    ("mobifone", "+84899000005", "Phạm Thu Hà", 2_000_000),
    ("vnpt", "+84889000006", "Cà Văn Điện", 5_000_000),
)
# Where their holders put cash in: operator, identifier, name, address, đồng of float to begin with.
AGENTS = (
    ("viettel", "vt-muongthanh", "Cửa hàng Viettel Mường Thanh", "Phường Mường Thanh", 50_000_000),
    ("viettel", "vt-tuangiao", "Tạp hóa Chung Hạnh", "Xã Tuần Giáo", 10_000_000),
    ("vnpt", "vn-dienbienphu", "Điểm giao dịch VNPT Điện Biên Phủ", "Phường Điện Biên Phủ", 50_000_000),
    ("vnpt", "vn-muonglay", "Bưu điện Mường Lay", "Phường Mường Lay", 10_000_000),
    ("mobifone", "mf-dienbienphu", "Cửa hàng MobiFone Điện Biên Phủ", "Phường Điện Biên Phủ", 50_000_000),
    ("mobifone", "mf-muongnhe", "Tạp hóa Pờ Dần Sinh", "Xã Mường Nhé", 10_000_000),
)


class Command(BaseCommand):
    help = "Open the demonstration's wallets and the shop's merchant accounts. May be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        merchants = settings.MERCHANT_CREDENTIALS
        for operator, identifier in merchants:
            merchant = wallets.open_merchant(
                operator=operator, identifier=identifier, name=settings.MERCHANT_NAME
            )
            strangers.top_up(
                merchant=merchant,
                amount_vnd=TOP_UP_VND,
                reference=f"{TOP_UP}-{operator.upper()}",
                transfer_id=uuid5(NAMESPACE_URL, f"demo:{operator}:{identifier}:top-up"),
                now=timezone.now(),
            )
        created = 0
        for operator, msisdn, name, balance_vnd in WALLETS:
            wallet, is_new = wallets.open_wallet(operator=operator, msisdn=msisdn, name=name, pin=PIN)
            if is_new:
                first_cash = uuid5(NAMESPACE_URL, f"demo:{operator}:{msisdn}")
                wallets.cash_in(
                    wallet=wallet, amount_vnd=balance_vnd, transfer_id=first_cash, now=timezone.now()
                )
            created += is_new
        for operator, identifier, name, address, float_vnd in AGENTS:
            agent, _ = agents.open_agent(operator=operator, identifier=identifier, name=name, address=address)
            first_float = uuid5(NAMESPACE_URL, f"demo:{operator}:agent:{identifier}")
            agents.buy_float(agent=agent, amount_vnd=float_vnd, transfer_id=first_float)
        self.stdout.write(
            f"{len(WALLETS)} wallets, {created} new, and {len(merchants)} merchant accounts are open, and "
            f"{len(AGENTS)} agents. PIN of every demo wallet: {PIN}."
        )
