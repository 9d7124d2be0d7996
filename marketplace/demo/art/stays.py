"""Pictures of places to stay: the house in its valley at some hour of the day, and the room inside."""

from collections.abc import Callable
from functools import partial
from random import Random

from marketplace.demo.art import brocade, houses
from marketplace.demo.art.backdrop import HEIGHT, WIDTH, Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.landscape import (
    LIGHTS,
    SEASONS,
    Light,
    bamboo,
    ban_branch,
    ban_tree,
    grass,
    karst,
    paddies,
    palm,
    path_to,
    ridge,
    sky,
    terraces,
    tree,
    woven_edge,
)
from marketplace.demo.art.palette import (
    BARK,
    FOREST,
    LEAF,
    MOSS,
    PAPER,
    SAND,
    STRAW,
    WHITE,
    WOOD,
    Palette,
    any_cloth,
    colour,
    darker,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import box, lathe, smooth

House = Callable[[Canvas, Random, Light, Palette], None]


def _far(canvas: Canvas, random: Random, light: Light, *, stony: bool) -> None:
    sky(canvas, random, light, horizon=480)
    green = light.on(random.choice((FOREST, MOSS, mix(FOREST, colour("#2A5A8A"), 0.4))))
    ridge(canvas, random, 420, 190, mix(green, light.haze, 0.78), peaks=random.choice((2, 3)))
    if stony:
        karst(canvas, random, 450, 210, light.on(colour("#7C8488"), distance=0.45))
    else:
        ridge(canvas, random, 450, 130, mix(green, light.haze, 0.55), peaks=random.choice((3, 4)))


def _near(canvas: Canvas, random: Random, light: Light, *, stony: bool) -> None:
    season = random.choice(list(SEASONS))
    if stony or random.random() < 0.6:
        terraces(canvas, random, light, 440, 640, season=season, distance=0.3)
    else:
        paddies(canvas, random, light, 456, season=season)
    grass(canvas, random, light, 640, paint=random.choice((LEAF, MOSS)))


def _plants(canvas: Canvas, random: Random, light: Light, *, side: int) -> None:
    """A tree on one side of the house, and sometimes a branch in flower across a corner."""
    x = 512 + side * 418
    plant = random.randrange(5)
    if plant == 0:
        ban_tree(canvas, random, x, 712, 1.25)
    elif plant == 1:
        bamboo(canvas, random, x, 712, 1.1, light.on(LEAF))
    elif plant == 2:
        palm(canvas, x, 712, 1.7, light.on(LEAF))
        palm(canvas, x - side * 90, 706, 1.2, light.on(MOSS))
    elif plant == 3:
        tree(canvas, x, 712, 2.1, light.on(FOREST))
        tree(canvas, x - side * 110, 700, 1.2, light.on(LEAF))
    else:
        corner = 0 if side > 0 else WIDTH
        reach = 1 if side > 0 else -1
        path = [
            (corner - reach * 20, 40),
            (corner + reach * 160, 84),
            (corner + reach * 300, 60),
            (corner + reach * 400, 120),
        ]
        ban_branch(canvas, random, path, width=22, size=44, flowers=9)
        tree(canvas, x, 712, 1.6, light.on(FOREST))


def outside(canvas: Canvas, look: Look, *, house: House, stony: bool = False) -> None:
    """A house in its landscape."""
    random = look.random
    light = random.choice(list(LIGHTS.values()))
    side = random.choice((-1, 1))
    _far(canvas, random, light, stony=stony)
    if random.random() < 0.5:  # a neighbour, further up
        with canvas.at(512 - side * 330, 470, scale=0.26):
            house(canvas, random, light, look.palette)
    _near(canvas, random, light, stony=stony)
    x = 512 - side * random.uniform(20, 70)
    path_to(
        canvas, light, [(x + side * 40, 690), (x + side * 120, 720), (x + side * 40, 780)], start=60, end=150
    )
    with canvas.at(x, 690, scale=random.uniform(0.92, 1.08), flip=random.random() < 0.5):
        house(canvas, random, light, look.palette)
    _plants(canvas, random, light, side=side)
    woven_edge(canvas, look)


def _view(canvas: Canvas, look: Look, light: Light, x: float, y: float, wide: float, tall: float) -> None:
    """A window with its view of the hills."""
    opening = box(x - wide / 2, y - tall, x + wide / 2, y)
    canvas.fill(box(x - wide / 2 - 16, y - tall - 16, x + wide / 2 + 16, y + 16), darker(WOOD, 0.25))
    with canvas.inside(opening):
        canvas.fill(opening, mix(light.zenith, light.horizon, 0.6))
        canvas.oval(x + wide * 0.24, y - tall * 0.7, 30, paint=light.disc)
        for height, share in ((0.5, 0.7), (0.36, 0.45), (0.2, 0.1)):
            line = [
                (x + wide * (step / 5 - 0.6), y - tall * (height + 0.12 * look.random.uniform(-1, 1)))
                for step in range(7)
            ]
            canvas.fill(
                [*smooth(line, closed=False), (x + wide, y), (x - wide, y)], light.on(LEAF, distance=share)
            )
    canvas.fill(box(x - 4, y - tall, x + 4, y), darker(WOOD, 0.25))


def _room(canvas: Canvas, look: Look, light: Light) -> None:
    """A plank wall with a window, a bamboo floor, a lamp."""
    random = look.random
    wall = random.choice((WOOD, mix(WOOD, STRAW, 0.4), mix(WOOD, SAND, 0.55), STRAW))
    canvas.fill(box(0, 0, WIDTH, HEIGHT), wall)
    for x in range(0, WIDTH, 64):
        canvas.fill(box(x, 0, x + 4, 500), darker(wall, 0.14))
    canvas.fill(box(0, 0, WIDTH, 46), darker(wall, 0.3))
    _view(canvas, look, light, random.choice((250, 512, 770)), 330, 300, 210)
    floor = mix(STRAW, WOOD, 0.3)
    canvas.fill(box(0, 480, WIDTH, HEIGHT), floor)
    for row in range(9):
        y = 480 + 9 * row + 3.4 * row**2
        canvas.fill(box(0, y, WIDTH, y + 3 + row * 0.5), darker(floor, 0.16))
    canvas.fill(box(0, 470, WIDTH, 484), darker(wall, 0.35))


def _lamp(canvas: Canvas, x: float, drop: float) -> None:
    canvas.line([(x, 0), (x, drop)], 5, BARK)
    canvas.oval(x, drop + 50, 150, 130, paint=sheer(colour("#FFE9A8"), 0.2))
    with canvas.at(x, drop + 78):
        canvas.solid(lathe([(14, -80), (60, -44), (68, 0), (0, 4)]), STRAW, shift=(-8, -2))
        for dx in (-40, -14, 14, 40):
            canvas.line([(dx * 0.3, -78), (dx, 0)], 3, WOOD)
    canvas.oval(x, drop + 80, 26, 10, paint=colour("#FFF3C4"))


def _mattress(canvas: Canvas, look: Look, x: float, y: float, *, wide: float, long: float) -> None:
    """A Thái kapok mattress on the floor, seen from its foot, with a woven quilt and a pillow."""
    cloth = any_cloth(look.random)
    narrow = wide * 0.8
    canvas.fill(
        [(x - wide / 2, y), (x + wide / 2, y), (x + wide / 2, y + 26), (x - wide / 2, y + 26)],
        darker(cloth.ground, 0.4),
    )
    top = [(x - narrow / 2, y - long), (x + narrow / 2, y - long), (x + wide / 2, y), (x - wide / 2, y)]
    canvas.fill(top, PAPER)
    canvas.solid(
        box(x - narrow * 0.36, y - long - 12, x + narrow * 0.36, y - long + 40, 14),
        cloth.weft,
        shift=(-6, -6),
    )
    quilt = [
        (x - narrow * 0.53, y - long * 0.66),
        (x + narrow * 0.53, y - long * 0.66),
        (x + wide * 0.52, y + 8),
        (x - wide * 0.52, y + 8),
    ]
    canvas.fill(quilt, cloth.ground)
    with canvas.inside(quilt):
        threads = int(wide / 4) + 4
        canvas.weave(
            brocade.damask(look.random, cloth.ground, cloth.warp, threads, 60),
            x - wide * 0.55,
            y - long * 0.66,
            cell=4.4,
        )
        canvas.weave(brocade.band(look.random, cloth, threads), x - wide * 0.55, y - 92, cell=3.4)
        canvas.fill(
            [
                (x - wide, y - long * 0.66),
                (x + wide, y - long * 0.66),
                (x + wide, y - long * 0.55),
                (x - wide, y - long * 0.55),
            ],
            sheer(WHITE, 0.25),
        )


def floor_mats(canvas: Canvas, look: Look) -> None:
    """A shared sleeping room: mattresses side by side on the bamboo floor."""
    light = LIGHTS[look.random.choice(("day", "morning", "noon", "dusk"))]
    _room(canvas, look, light)
    count = look.random.choice((3, 4))
    gap = 940 / count
    for index in range(count):
        _mattress(canvas, look, 512 + (index - (count - 1) / 2) * gap, 676, wide=gap * 0.86, long=170)
    _lamp(canvas, look.random.choice((130, 400, 880)), 60)
    woven_edge(canvas, look)


def private_room(canvas: Canvas, look: Look) -> None:
    """A room of one's own: a wooden bed, a bedside table with a flower."""
    light = LIGHTS[look.random.choice(("day", "morning", "noon", "dusk"))]
    _room(canvas, look, light)
    cloth = any_cloth(look.random)
    side = look.random.choice((-1, 1))
    with canvas.at(512, 0, flip=side < 0):
        canvas.solid(box(-420, 330, -380, 690, 8), BARK, shift=(-6, 0))
        canvas.solid(box(250, 470, 290, 700, 8), BARK, shift=(-6, 0))
        canvas.fill(box(-400, 360, -392, 560), BARK)
        canvas.solid(box(-404, 560, 276, 640, 10), WOOD, shift=(0, -10))
        canvas.solid(box(-386, 500, 266, 584, 26), PAPER, shift=(-10, -10))
        for x in (-350, -220):
            canvas.solid(
                smooth([(x, 450), (x + 120, 440), (x + 128, 508), (x - 4, 512)]),
                (PAPER, cloth.weft)[x > -300],
                shift=(-6, -8),
            )
    quilt = box(512 - 130 if side > 0 else 512 - 280, 486, 512 + 280 if side > 0 else 512 + 130, 612, 22)
    canvas.fill(quilt, cloth.ground)
    with canvas.inside(quilt):
        canvas.weave(brocade.damask(look.random, cloth.ground, cloth.warp, 110, 40), 200, 480, cell=5)
        canvas.weave(brocade.band(look.random, cloth, 170), 200, 520, cell=3)
    with canvas.at(512 + side * 388, 690):
        canvas.solid(box(-70, -150, 70, -128, 4), WOOD, shift=(0, -6))
        for x in (-52, 52):
            canvas.line([(x, -130), (x, 0)], 13, BARK)
        canvas.solid(lathe([(14, -230), (34, -196), (26, -150), (0, -148)]), cloth.weft, shift=(-6, -2))
        ban_branch(canvas, look.random, [(0, -228), (-16, -290), (20, -350)], width=7, size=30, flowers=4)
    _lamp(canvas, 512 - side * 330, 40)
    woven_edge(canvas, look)


HOUSES: dict[str, House] = {
    "thai": partial(houses.stilt_house, rounded=True),
    "lao": partial(houses.stilt_house, rounded=False, ornament=False),
    "ha-nhi": houses.earth_house,
    "mong": houses.mong_house,
    "hotel": partial(houses.guest_house, floors=4),
    "guesthouse": partial(houses.guest_house, floors=2),
    "resort": houses.bungalows,
}
STAYS: dict[str, Callable[[Canvas, Look], None]] = {
    name: partial(outside, house=house, stony=name == "mong") for name, house in HOUSES.items()
}
STAYS |= {"floor-mats": floor_mats, "private-room": private_room}
