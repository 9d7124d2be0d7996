"""What payers read. The operators speak Vietnamese to their customers, and only that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class ReceiptText:
    title: str
    text: str


# By the state of the prompt, once it is no longer open.
RECEIPTS = {
    "accepted": ReceiptText("Thanh toán thành công", "Tiền đã được chuyển. Bạn có thể quay lại cửa hàng."),
    "declined": ReceiptText("Bạn đã từ chối", "Không có khoản tiền nào bị trừ."),
    "expired": ReceiptText(
        "Đã hết thời gian", "Yêu cầu thanh toán đã hết hạn. Không có khoản tiền nào bị trừ."
    ),
    "blocked": ReceiptText(
        "Ví tạm khóa",
        "Bạn đã nhập sai mã PIN 3 lần. Yêu cầu bị hủy, ví tạm khóa 15 phút. Không có khoản tiền nào bị trừ.",
    ),
    "unpaid": ReceiptText(
        "Số dư không đủ",
        "Ví không đủ tiền cho khoản này nên giao dịch đã bị hủy. Hãy nạp tiền rồi đặt thanh toán lại.",
    ),
}


OVER_THE_LIMIT = ReceiptText(
    "Vượt hạn mức tháng",
    "Khoản này vượt hạn mức giao dịch trong tháng của ví nên đã bị hủy. Không có khoản tiền nào bị trừ.",
)

NOT_ALLOWED = ReceiptText(
    "Ví chưa dùng được",
    "Ví đang bị tạm dừng hoặc chưa xác minh chủ ví nên giao dịch đã bị hủy. Không có khoản tiền nào bị trừ.",
)

# Why an agent did not take the cash, by GSMA's code.
NOT_TAKEN = {
    "insufficientFunds": "Điểm giao dịch này không đủ số dư. Hãy chọn điểm khác hoặc số tiền nhỏ hơn.",
    "incorrectState": "Ví hoặc điểm giao dịch đang tạm dừng. Hãy chọn điểm khác.",
    "duplicateRequest": "Lần nạp này đã được ghi nhận. Hãy xem lịch sử giao dịch.",
}
NOT_TAKEN_OTHERWISE = "Điểm giao dịch không nhận được khoản này."
WRONG_CASH = "Hãy nhập số tiền từ 10.000 ₫ đến 20.000.000 ₫, tròn nghìn."
NO_AGENT = "Hãy chọn một điểm giao dịch."

# By type of transaction: what it is called when money leaves, and when it comes in.
HISTORY = {
    "transfer": ("Chuyển tiền", "Nhận tiền"),
    "deposit": ("Nạp tiền", "Nạp tiền"),
    "withdrawal": ("Rút tiền", "Nhận tiền"),
    "disbursement": ("Chi trả", "Nhận chi trả"),
    "billpay": ("Thanh toán hóa đơn", "Nhận tiền"),
    "reversal": ("Hoàn lại", "Hoàn tiền"),
}


def history_title(type: str, *, is_in: bool, merchant: str) -> str:
    """Return what a line of the history says. Payments and refunds name the merchant."""
    if type in HISTORY:
        return HISTORY[type][is_in]
    return f"Hoàn tiền từ {merchant}" if is_in else merchant


def dong(amount_vnd: int) -> str:
    """Return đồng as people write them: ``120.000 ₫``."""
    return f"{amount_vnd:,}".replace(",", ".") + f"{NBSP}₫"


def clock(moment: datetime) -> str:
    """Return the time of day at home: ``10:45``."""
    return f"{timezone.localtime(moment):%H:%M}"


def when(moment: datetime, *, now: datetime) -> str:
    """Return a moment as short as it can be told: ``10:45`` today, else ``10:45 23/11/2026``."""
    at_home = timezone.localtime(moment)
    is_today = at_home.date() == timezone.localtime(now).date()
    return f"{at_home:%H:%M}" if is_today else f"{at_home:%H:%M %d/%m/%Y}"


def time_left(left: timedelta) -> str:
    """Return how long something still lasts: ``14 phút`` or, below two minutes, ``95 giây``."""
    seconds = max(0, int(left.total_seconds()))
    return f"{seconds // 60} phút" if seconds >= 120 else f"{seconds} giây"
