"""Names for households that do not exist, as the peoples of the province name their children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from .atlas import Place


@dataclass(frozen=True)
class Naming:
    """Surname, a middle name for men and one for women, given name. Each list is words apart by spaces."""

    surnames: str
    men_middle: str
    men: str
    women_middle: str
    women: str

    def name(self, random: Random) -> str:
        middle, given = random.choice(((self.men_middle, self.men), (self.women_middle, self.women)))
        return " ".join(random.choice(words.split()) for words in (self.surnames, middle, given))


NAMINGS: Mapping[str, Naming] = {
    "Thái": Naming(
        "Lò Quàng Cà Lường Tòng Lù Vì Bạc Điêu Mào",
        "Văn",
        "Panh Sung Hặc Inh Ơn Pỏm Thoan Biên Dọn Chựa Hịa Tương Xôm Pâng Loan Yêu Nọi Đôi",
        "Thị",
        "Pản Ánh Hiêng Xương Inh Mai Pâng Hoa Lả Tươi Ún Yến Phương Nguyên Biên Hặc Sương Thoa",
    ),
    "Mông": Naming(
        "Vàng Giàng Sùng Vừ Thào Hạng Mùa Lầu Ly Chá Cứ Hờ",
        "A",
        "Páo Dơ Chu Tủa Sình Lềnh Chía Của Sử Nếnh Chớ Lử Tồng Dình Phứ Khua Giống Sà",
        "Thị",
        "Mỷ Dợ Sua Máy Chở Dua Xía Ca Dính Pàng Mo Sông Ly Chá Bầu Đế",
    ),
    "Kinh": Naming(
        "Nguyễn Trần Phạm Đỗ Bùi Vũ Đặng Hoàng Lê",
        "Văn Đình Hữu Quang",
        "Hùng Tuấn Thành Dũng Sơn Hải Lâm Khải Nam Toàn",
        "Thị Thanh Thu",
        "Hạnh Lan Hương Nga Thủy Hà Nhung Liên Tâm Xuân",
    ),
    "Hà Nhì": Naming(
        "Pờ Lỳ Khoàng Vù Chang Sừng Toán",
        "Go Xè Ché Lòng Phì",
        "Hừ Chừ Xá Bơ Phạ Xè Gié",
        "Mỳ Gò",
        "Xó Nu Lế Ché De Pư Sớ",
    ),
    "Khơ Mú": Naming(
        "Lò Quàng Lường Cút Tòng",
        "Văn",
        "Phong Hoan Chương Diên Khun Thợi Kẻo Nghiêu",
        "Thị",
        "Ngân Khoa Chiên Bun Thơi Liên Peng",
    ),
    "Dao": Naming(
        "Tẩn Chảo Lý Phàn Chẻo",
        "A Sành Sao Vần",
        "Phin Chiêu Páo Siểu Lụa Khé Quẩy",
        "Mẩy Tả",
        "Dao Lai Chòi Phây Mủi Sểnh",
    ),
    "Lào": Naming(
        "Lò Vì Lường Tòng",
        "Văn",
        "Thong Khăm Viêng Xén Chăn Phon",
        "Thị",
        "Viên Bua Khăm Onh Sỉ Phắn Ngoan",
    ),
}

# How many households of each people among ten or so, by former district, after what is generally known.
_MIXES: Mapping[str, Mapping[str, int]] = {
    "Thành phố Điện Biên Phủ": {"Thái": 5, "Kinh": 4, "Mông": 1},
    "Thị xã Mường Lay": {"Thái": 7, "Kinh": 1, "Mông": 1},
    "Huyện Điện Biên": {"Thái": 6, "Kinh": 2, "Khơ Mú": 1, "Mông": 1},
    "Huyện Điện Biên Đông": {"Mông": 5, "Thái": 3, "Khơ Mú": 1, "Lào": 1},
    "Huyện Mường Ảng": {"Thái": 7, "Mông": 2, "Khơ Mú": 1, "Kinh": 1},
    "Huyện Mường Chà": {"Mông": 6, "Thái": 3, "Khơ Mú": 1},
    "Huyện Mường Nhé": {"Mông": 6, "Hà Nhì": 2, "Thái": 2},
    "Huyện Nậm Pồ": {"Mông": 6, "Thái": 3, "Dao": 1},
    "Huyện Tủa Chùa": {"Mông": 7, "Thái": 2, "Dao": 1},
    "Huyện Tuần Giáo": {"Thái": 5, "Mông": 4, "Khơ Mú": 1, "Kinh": 1},
}
# Units whose villages are mostly of one people, by their code of 2024.
_MOSTLY: Mapping[str, str] = {
    "03154": "Hà Nhì",  # Sín Thầu
    "03155": "Hà Nhì",  # Sen Thượng
    "03158": "Hà Nhì",  # Leng Su Sìn
    "03157": "Hà Nhì",  # Chung Chải
    "03220": "Dao",  # Huổi Só
    "03340": "Lào",  # Pa Thơm
    "03358": "Lào",  # Núa Ngam
}


def people_of(place: Place, random: Random) -> str:
    """Choose a people that lives in ``place``: a key of NAMINGS."""
    people = _MOSTLY.get(place.unit.code)
    if people and random.random() < 0.7:
        return people
    mix = _MIXES[place.district]
    return random.choices(list(mix), weights=list(mix.values()))[0]


def people_named(hosts: str) -> str | None:
    """Return the people meant by ``Thái đen`` or ``Thái, Mông``; None where nobody is named."""
    return next((people for people in NAMINGS if hosts.startswith(people)), None)
