"""The roll-out of the demo, all invented: a live pilot, a commune that copies it, and two that wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.indicators.models import Fact, RollOut, StepMark, Target
from marketplace.places.models import Commune

NAMESPACE = UUID("0b8b2e7e-6a57-4c0b-8a0e-3f0c51f1a002")
SAMPLE = "dữ liệu mẫu"
PILOT, COPIES = "03127", "03325"  # Phường Điện Biên Phủ, Xã Mường Phăng
BEGUN_BEFORE, LIVE_BEFORE = timedelta(days=150), timedelta(days=70)
COPIES_BEFORE = timedelta(days=20)
WAVE_EVERY = timedelta(days=45)


class Planned(NamedTuple):
    code: str
    wave: int


LATER = (Planned("03328", 2), Planned("03253", 3))  # Xã Thanh Nưa, Xã Tuần Giáo
# What the pilot did for the next to copy, by step, the earliest first.
PRACTICE = {
    "meeting": "Họp cùng buổi họp tổ dân phố, mỗi tổ 40 phút; mời một chủ hộ đã bán thử kể lại.",
    "wallet-points": "Nhờ hai tiệm tạp hóa và bưu điện làm điểm nạp, rút; dán biển ngay cửa.",
    "photos": "Đoàn thanh niên chụp ngoài trời buổi sáng, đặt thước bên cạnh; ghi giá theo kg.",
    "packing": "Gửi thử 5 kg gạo và 2 chai mật ong về Hà Nội; chai phải bọc hai lớp, ghi “dễ vỡ”.",
    "first-ten": "Bắt đầu từ hộ đã có mối quen, mỗi hộ một mặt hàng; nhân viên bưu điện ngồi cùng lần đầu.",
}
COPIED = {"meeting": "Họp ở bốn bản, dùng lại bài nói của phường; thêm bản tiếng Mông."}
FACTS = {PILOT: {"covered-percent": 100, "wallet-points": 6}, COPIES: {"covered-percent": 92}}
TARGETS = {PILOT: {"RO-02": 20, "RO-04": 15}, COPIES: {"RO-02": 15, "RO-03": 12, "RO-04": 10}}


def save(*, province: User, commune: User, now: datetime) -> None:
    """Plan the roll-out; ``province`` is the official who plans, ``commune`` the one who copies the pilot."""
    today = timezone.localdate(now)
    codes = [PILOT, COPIES, *(planned.code for planned in LATER)]
    known = {each.code: each for each in Commune.objects.valid_on(today).filter(code__in=codes)}
    pilot = RollOut(
        commune=known[PILOT],
        wave=RollOut.PILOT,
        planned_on=today - BEGUN_BEFORE,
        begun_at=now - BEGUN_BEFORE,
        live_at=now - LIVE_BEFORE,
        planned_by=province,
    )
    copies = RollOut(
        commune=known[COPIES],
        wave=2,
        planned_on=today - COPIES_BEFORE,
        begun_at=now - COPIES_BEFORE,
        planned_by=province,
    )
    later = [
        RollOut(
            commune=known[code],
            wave=wave,
            planned_on=today + (wave - 1) * WAVE_EVERY,
            planned_by=province,
        )
        for code, wave in LATER
    ]
    RollOut.objects.bulk_create([pilot, copies, *later])
    StepMark.objects.bulk_create(
        [
            *_marks(pilot, PRACTICE, by=province, begun_at=now - BEGUN_BEFORE),
            *_marks(copies, COPIED, by=commune, begun_at=now - COPIES_BEFORE),
        ]
    )
    since = today.replace(month=1, day=1)
    Fact.objects.bulk_create(
        Fact(key=key, commune_code=code, value=value, valid_from=since, source=SAMPLE, entered_by=province)
        for code, facts in FACTS.items()
        for key, value in facts.items()
    )
    Target.objects.bulk_create(
        Target(code=card, commune_code=code, value=value, valid_from=since, source=SAMPLE, set_by=province)
        for code, targets in TARGETS.items()
        for card, value in targets.items()
    )


def _marks(roll_out: RollOut, words: dict[str, str], *, by: User, begun_at: datetime) -> list[StepMark]:
    return [
        StepMark(
            id=uuid5(NAMESPACE, f"{roll_out.commune.code} {code}"),
            roll_out=roll_out,
            step_code=code,
            is_done=True,
            words=f"{text} ({SAMPLE})",
            by=by,
            at=begun_at + timedelta(days=4 * place),
        )
        for place, (code, text) in enumerate(words.items(), start=1)
    ]
