"""Which picture belongs to which goods: the motifs by name, and how a product's words choose one."""

import re
from collections.abc import Callable
from functools import partial

from marketplace.demo.art import craft, drinks, field, grain, hearth, spices
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import BLOSSOM, GOLD, LEAF, PAPER, WHITE, colour
from marketplace.places.text import fold

Drawing = Callable[[Canvas, Look], None]

PINEAPPLES = (GOLD, colour("#C98A24"), colour("#8FA33C"))

GOODS: dict[str, Drawing] = {
    "rice-white": partial(grain.rice, grains=grain.WHITE_RICE),
    "rice-sticky": partial(grain.rice, grains=grain.STICKY_RICE),
    "rice-black": partial(grain.rice, grains=grain.BLACK_RICE),
    "rice-red": partial(grain.rice, grains=grain.RED_RICE),
    "noodles": partial(grain.noodles, paint=colour("#D9CBB0")),
    "noodles-red": partial(grain.noodles, paint=colour("#B0553C")),
    "crackers": partial(grain.crackers, paints=(colour("#E8C873"), colour("#D98A4A"), colour("#B9567F"))),
    "crackers-pale": partial(
        grain.crackers, paints=(colour("#F0DDB0"), colour("#E3C27A"), colour("#7FA05A"))
    ),
    "starch": grain.starch,
    "peanuts": partial(
        grain.beans,
        grains=(colour("#A8322F"), colour("#C5524A"), colour("#8A2422")),
        pod=colour("#D8B076"),
        grain=(30, 22),
    ),
    "soybeans": partial(
        grain.beans,
        grains=(colour("#E2C27A"), colour("#F0D898"), colour("#CDA85A")),
        pod=colour("#8A9A4B"),
        grain=(24, 20),
    ),
    "sesame": partial(
        grain.beans,
        grains=(colour("#26222B"), colour("#4A4552"), colour("#151218")),
        pod=colour("#A89A5B"),
        grain=(14, 8),
    ),
    "tea-green": partial(drinks.tea, drink=colour("#C8B23C")),
    "tea-white": partial(drinks.tea, drink=colour("#E3CF7A"), bud=PAPER),
    "tea-dark": partial(drinks.tea, drink=colour("#A9652A")),
    "coffee-beans": partial(drinks.coffee, beans=drinks.ROAST, ground=False),
    "coffee-ground": partial(drinks.coffee, beans=drinks.ROAST, ground=True),
    "coffee-green": partial(drinks.coffee, beans=drinks.GREEN_BEANS, ground=False),
    "coffee-cherries": drinks.coffee_cherries,
    "honey": drinks.honey,
    "honey-winter": partial(drinks.honey, paint=colour("#F0C862"), flower=colour("#F6E3A0")),
    "honey-forest": partial(drinks.honey, paint=colour("#B9691A"), flower=BLOSSOM),
    "honeycomb": drinks.honeycomb,
    "pollen": partial(
        drinks.jar_of,
        paint=colour("#E0A93A"),
        grains=(colour("#D89A2A"), colour("#F0C65A"), colour("#C57F1E")),
        flower=BLOSSOM,
    ),
    "royal-jelly": partial(drinks.jar_of, paint=colour("#F4E7C0"), grains=(), flower=WHITE),
    "vinegar": partial(drinks.vinegar, paint=colour("#B9742C"), fruit=GOLD),
    "spirit": drinks.spirit,
    "pickle": spices.pickle,
    "macadamia": partial(field.macadamia, shelled=False),
    "macadamia-kernels": partial(field.macadamia, shelled=True),
    "pineapple": partial(field.pineapple, skins=PINEAPPLES),
    "wild-apples": partial(
        field.round_fruit, skin=colour("#A9B84A"), flesh=colour("#F6EEC4"), size=56, cut=True
    ),
    "dried-apples": partial(field.dried_slices, skin=colour("#B5713A"), flesh=colour("#E3B878")),
    "pomelo": partial(field.round_fruit, skin=colour("#7FA64A"), flesh=colour("#E8889A"), size=84, cut=True),
    "oranges": partial(field.round_fruit, skin=colour("#E58A24"), flesh=colour("#F4A53C"), size=62, cut=True),
    "cucumber": field.cucumber,
    "gourd": field.gourd,
    "taro": field.taro,
    "bamboo-shoots": partial(field.bamboo_shoots, paint=colour("#D2A85E")),
    "bamboo-shoots-dark": partial(field.bamboo_shoots, paint=colour("#A87B3E")),
    "mushrooms": field.mushrooms,
    "river-moss": field.river_moss,
    "seasoning": spices.mortar,
    "mac-khen": spices.mac_khen,
    "doi-seeds": partial(
        spices.seeds, grains=(colour("#B5402E"), colour("#7E2A22"), colour("#D2603C")), grain=(26, 20)
    ),
    "cardamom": partial(
        spices.seeds, grains=(colour("#7A4A32"), colour("#96603F"), colour("#5E3726")), grain=(64, 40)
    ),
    "amomum": partial(
        spices.seeds,
        grains=(colour("#6A3A58"), colour("#84507A"), colour("#4E2A44")),
        grain=(46, 38),
        leafy=LEAF,
    ),
    "cinnamon": spices.cinnamon,
    "ginger": partial(spices.rhizome, skin=colour("#D2A86A"), flesh=colour("#F2D878")),
    "black-turmeric": partial(spices.rhizome, skin=colour("#7A6450"), flesh=colour("#6A5AA0")),
    "cordyceps": spices.cordyceps,
    "dried-roots": partial(spices.dried_roots, paint=colour("#B98A4E")),
    "smoked-buffalo": partial(hearth.smoked, paint=colour("#5E2A22")),
    "smoked-pork": partial(hearth.smoked, paint=colour("#8A4636"), fat=colour("#EBC9A4")),
    "sausages": hearth.sausages,
    "beef": partial(hearth.fresh_meat, paint=colour("#A8322F")),
    "hen": hearth.hen,
    "goat": hearth.goat,
    "pig": hearth.pig,
    "dried-fish": partial(hearth.river_fish, grilled=False),
    "grilled-fish": partial(hearth.river_fish, grilled=True),
    "scarf": craft.scarf,
    "pieu": craft.pieu,
    "skirt": partial(craft.skirt, pleated=False),
    "skirt-pleated": partial(craft.skirt, pleated=True),
    "cushion": craft.cushion,
    "bag": craft.bag,
    "embroidery": craft.embroidery,
    "wicker": craft.wicker,
    "khene": craft.khene,
    "gift": partial(craft.gift_box, grand=False),
    "gift-grand": partial(craft.gift_box, grand=True),
}

# For each category: words of a Vietnamese name without accents, and the motif they ask for. The first
# that is found wins; the last, without words, is for everything else of the category.
WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "rice": (
        ("nep cam|nep than", "rice-black"),
        ("lut", "rice-red"),
        ("nep", "rice-sticky"),
        ("", "rice-white"),
    ),
    "processed": (
        ("bun", "noodles-red"),
        ("chi chop", "crackers-pale"),
        ("banh", "crackers"),
        ("bot", "starch"),
        ("giam", "vinegar"),
        ("mang", "pickle"),
        ("", "noodles"),
    ),
    "coffee": (
        ("qua tuoi", "coffee-cherries"),
        ("nhan xanh", "coffee-green"),
        ("bot|xay", "coffee-ground"),
        ("", "coffee-beans"),
    ),
    "tea": (("bach", "tea-white"), ("cuc tay|p h", "tea-dark"), ("", "tea-green")),
    "nuts": (
        ("nhan", "macadamia-kernels"),
        ("lac", "peanuts"),
        ("dau", "soybeans"),
        ("vung", "sesame"),
        ("", "macadamia"),
    ),
    "honey": (
        ("banh to", "honeycomb"),
        ("phan hoa", "pollen"),
        ("sua", "royal-jelly"),
        ("mua dong", "honey-winter"),
        ("ong rung", "honey-forest"),
        ("", "honey"),
    ),
    "meat": (
        ("lap xuong", "sausages"),
        ("lon", "smoked-pork"),
        ("bo", "beef"),
        ("", "smoked-buffalo"),
    ),
    "livestock": (("ga", "hen"), ("de", "goat"), ("", "pig")),
    "fish": (("nuong", "grilled-fish"), ("", "dried-fish")),
    "spice": (
        ("cham cheo", "seasoning"),
        ("doi", "doi-seeds"),
        ("thao qua", "cardamom"),
        ("sa nhan", "amomum"),
        ("que", "cinnamon"),
        ("gung", "ginger"),
        ("", "mac-khen"),
    ),
    "herb": (("nghe", "black-turmeric"), ("dong trung", "cordyceps"), ("", "dried-roots")),
    "fruit": (
        ("tao meo kho", "dried-apples"),
        ("tao meo", "wild-apples"),
        ("dua", "pineapple"),
        ("buoi", "pomelo"),
        ("", "oranges"),
    ),
    "vegetable": (
        ("dua meo", "cucumber"),
        ("bi", "gourd"),
        ("mang dang", "bamboo-shoots-dark"),
        ("mang", "bamboo-shoots"),
        ("nam", "mushrooms"),
        ("reu", "river-moss"),
        ("", "taro"),
    ),
    "spirit": (("", "spirit"),),
    "craft": (
        ("pieu", "pieu"),
        ("khan", "scarf"),
        ("vay lanh", "skirt-pleated"),
        ("vay", "skirt"),
        ("goi", "cushion"),
        ("tui", "bag"),
        ("khen", "khene"),
        ("theu", "embroidery"),
        ("", "wicker"),
    ),
    "gift": (("cao cap", "gift-grand"), ("", "gift")),
}


def category_motif(category: str, name: str) -> str:
    """Return the motif for goods of ``category`` called ``name`` (Vietnamese, with accents or without).

    Raises ValueError if there are no pictures for the category.
    """
    if category not in WORDS:
        raise ValueError(
            f"No picture for goods of category {category!r}; known are {', '.join(sorted(WORDS))}."
        )
    words = re.sub(r"[^a-z0-9]+", " ", fold(name))
    return next(motif for wanted, motif in WORDS[category] if re.search(rf"\b({wanted})\b", words))
