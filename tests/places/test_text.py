import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.places.text import fold

vietnamese = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyAĐÊƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ -\t")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Điện Biên Phủ", "dien bien phu"),
        ("ĐIỆN  BIÊN\tPHỦ ", "dien bien phu"),
        (unicodedata.normalize("NFD", "Điện Biên Phủ"), "dien bien phu"),
        ("Ẳng Cang", "ang cang"),
        ("Noọng Hẹt", "noong het"),
        ("Sín Chải (Tủa Chùa)", "sin chai (tua chua)"),
        ("Ðiện Biên", "dien bien"),
        ("ກາເຟ", ""),
        ("a\x00b", "a b"),
    ],
)
def test_folding_takes_away_accents_case_and_needless_space(text, folded):
    assert fold(text) == folded


@given(st.text() | vietnamese)
def test_folded_text_is_lower_case_ascii_and_folds_to_itself(text):
    folded = fold(text)

    assert folded.isascii()
    assert folded == folded.lower()
    assert fold(folded) == folded


@given(st.text() | vietnamese)
def test_composed_and_decomposed_text_fold_alike(text):
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    assert fold(composed) == fold(apart) == fold(text)
