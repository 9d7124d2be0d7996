"""What the demo data says in Vietnamese: sentences put together from facts, without a promise of health."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from agriculture.models import Produce
from tourism.models import Stay

from .atlas import Place
from .reading import ProduceRow, StayRow

# It stands under every text, so that nobody takes these sellers and prices for real ones.
SAMPLE = "Dữ liệu mẫu. Giá tham khảo."

_MADE = {
    "rice": "được trồng ở",
    "vegetable": "được trồng ở",
    "fruit": "được trồng ở",
    "nuts": "được trồng ở",
    "meat": "được làm ở",
    "livestock": "được nuôi ở",
    "fish": "được làm ở",
    "honey": "được lấy ở",
    "tea": "được hái và sao ở",
    "coffee": "được trồng ở",
    "spice": "được thu hái ở",
    "herb": "được trồng và thu hái ở",
    "processed": "được làm ở",
    "spirit": "được nấu ở",
    "craft": "được làm bằng tay ở",
    "gift": "được đóng gói ở",
}
_KEPT = {
    Produce.Keeping.DRY: "Để nơi khô ráo, tránh nắng.",
    Produce.Keeping.FRESH: "Hàng tươi, dùng trong vài ngày sau khi nhận.",
    Produce.Keeping.CHILLED: "Giữ lạnh ngay khi nhận hàng.",
    Produce.Keeping.FROZEN: "Giữ đông ngay khi nhận hàng.",
}
_STAY_SEASONS = {
    "all year": "Đón khách quanh năm.",
    "dry season": "Đường dễ đi nhất vào mùa khô.",
    "Mar-Oct": "Đón khách từ tháng 3 đến tháng 10.",
    "Oct-Jan best": "Đẹp nhất từ tháng 10 đến tháng 1.",
    "Oct-Mar best": "Đẹp nhất từ tháng 10 đến tháng 3.",
    "Oct-Apr best": "Đẹp nhất từ tháng 10 đến tháng 4.",
    "Dec-Mar best": "Đẹp nhất từ tháng 12 đến tháng 3.",
}
_HOUSES = {
    Stay.Kind.HOMESTAY: "Nhà sàn",
    Stay.Kind.VILLAGE: "Nhà sàn du lịch cộng đồng",
    Stay.Kind.GUESTHOUSE: "Nhà nghỉ",
    Stay.Kind.HOTEL: "Khách sạn",
    Stay.Kind.RESORT: "Khu nghỉ",
}
_OPENINGS = ("Nhà mình ở {where}.", "Gia đình mình sống ở {where}.", "Chúng mình là một hộ nhỏ ở {where}.")
_WORK = {
    "rice": (
        "Lúa nhà tự cấy, tự gặt, phơi khô, có đơn mới xát.",
        "Mỗi năm nhà gặt xong là để riêng thóc giống, phần còn lại xát dần theo đơn.",
    ),
    "vegetable": ("Nương nhà mùa nào thức ấy, thu buổi sáng rồi mang ra điểm gom ngay.",),
    "fruit": ("Vườn nhà tự chăm, quả chín đến đâu hái đến đó.",),
    "nuts": ("Hạt phơi đủ nắng, nhặt sạch rồi mới đóng gói.",),
    "meat": ("Thịt treo gác bếp củi như các cụ vẫn làm, mỗi mẻ chỉ vài chục cân.",),
    "livestock": ("Vật nuôi thả đồi, ăn ngô và rau của nhà.",),
    "fish": ("Cá làm sạch trong ngày, tẩm gia vị của bản rồi mới sấy, nướng.",),
    "honey": ("Đàn ong nhà đi theo mùa hoa, mật vít nắp mới quay.",),
    "tea": ("Chè hái tay, sao chảo ngay trong ngày.",),
    "coffee": ("Cà phê nhà trồng, chỉ hái quả chín, phơi trên giàn.",),
    "spice": ("Gia vị thu theo mùa, phơi khô và nhặt tay.",),
    "herb": ("Cây thu đúng mùa, rửa sạch, thái và phơi khô tại nhà.",),
    "processed": ("Bếp nhà làm từng mẻ nhỏ, theo cách của người trong bản.",),
    "spirit": ("Rượu nấu bằng ngô nương và men lá của nhà.",),
    "craft": ("Đồ làm tay lúc nông nhàn nên mỗi chiếc một khác.",),
    "gift": ("Hộp quà đóng theo đơn, chọn hàng của bà con trong tỉnh.",),
    "stay": (
        "Khách đến ở cùng nhà, ăn cơm bên bếp lửa và nghe chuyện của bản.",
        "Nhà luôn để sẵn chăn đệm sạch và ấm nước chè cho khách.",
    ),
    "tour": ("Người trong bản dẫn đường, đi chậm và kể chuyện.",),
}
_CLOSINGS = (
    "Mời bà con ghé thăm.",
    "Đặt buổi sáng, chiều mình mang ra bưu cục.",
    "Cảm ơn bà con đã mua giúp.",
    "Có gì chưa ưng, bà con cứ nói để mình làm tốt hơn.",
)
_STAY_CLOSINGS = ("Mời khách ghé chơi.", "Đến muộn cũng không sao, gọi trước là có người đón.")


def produce_text(row: ProduceRow, place: Place, *, is_certified: bool) -> str:
    """Describe a thing for sale: where it comes from, when, how to keep it."""
    sentences = [f"{row.title} {_MADE[row.category]} {place.words}.", _season(row.season_months)]
    if row.is_live:
        sentences.append("Bán theo cân hơi.")
    else:
        sentences.append(_KEPT[row.keeping])
    if row.is_wholesale:
        sentences.append("Bán buôn cho cơ sở chế biến, nên đặt từ 100 kg.")
    if row.is_alcohol:
        sentences.append("Không bán cho người dưới 18 tuổi.")
    if is_certified and row.ocop_stars:
        sentences.append(f"Sản phẩm OCOP {row.ocop_stars} sao.")
    return f"{' '.join(sentences)}\n\n{SAMPLE}"


def stay_text(row: StayRow, place: Place, *, village: str) -> str:
    """Describe a place to sleep: whose house it is, where, and when to come."""
    hosts = f" của người {row.hosts}" if row.hosts else ""
    where = f"{_begun_small(village)}, {place.words}" if village else place.words
    sentences = [f"{_HOUSES[row.kind]}{hosts} ở {where}.", _STAY_SEASONS[row.season]]
    if row.is_per_person:
        sentences.append("Khách ngủ đệm trên sàn, có màn và chăn; nhà tắm dùng chung.")
    if row.meal_price_vnd:
        sentences.append("Có cơm nhà nấu nếu đặt trước.")
    return f"{' '.join(sentences)}\n\n{SAMPLE}"


def tour_text(stops: Sequence[str], place: Place) -> str:
    """Describe a tour: from where, and what one sees on the way."""
    return f"Khởi hành từ {place.words}. Đi qua: {', '.join(stops)}.\n\n{SAMPLE}"


def household_text(random: Random, *, where: str, work: str) -> str:
    """Let a household introduce itself. ``work`` is a product group, or ``stay``."""
    closings = _STAY_CLOSINGS if work == "stay" else _CLOSINGS
    opening = random.choice(_OPENINGS).format(where=where)
    return f"{opening} {random.choice(_WORK[work])} {random.choice(closings)}"


def organisation_text(random: Random, *, where: str, work: str, is_cooperative: bool) -> str:
    """Let a co-operative or a company introduce itself."""
    if work == "stay":
        who = f"Chúng tôi cùng {random.randint(4, 12)} hộ trong bản đón khách ở {where}."
        return who if is_cooperative else f"Chúng tôi đón khách ở {where}. Mời khách ghé chơi."
    if work == "tour":
        return f"Chúng tôi là những người dẫn đường ở {where}. {random.choice(_WORK[work])}"
    if is_cooperative:
        opening = f"Hợp tác xã có {random.randint(9, 40)} hộ ở {where} cùng làm."
    else:
        opening = f"Chúng tôi thu mua và đóng gói ở {where}."
    return f"{opening} {random.choice(_WORK[work])} {random.choice(_CLOSINGS[1:3])}"


def _season(months: tuple[int, ...]) -> str:
    if len(set(months)) == 12:
        return "Có bán quanh năm."
    return f"Mùa chính: {' và '.join(_span(run) for run in runs(months))}."


def runs(months: tuple[int, ...]) -> list[list[int]]:
    """Return the months in unbroken runs; December runs on into January."""
    runs: list[list[int]] = []
    for month in sorted(set(months)):
        if runs and runs[-1][-1] == month - 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    if len(runs) > 1 and runs[0][0] == 1 and runs[-1][-1] == 12:
        runs[0] = runs.pop() + runs[0]
    return runs


def _span(run: list[int]) -> str:
    return f"tháng {run[0]}" if len(run) == 1 else f"tháng {run[0]} đến tháng {run[-1]}"


def _begun_small(text: str) -> str:
    return text[:1].lower() + text[1:]
