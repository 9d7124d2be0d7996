"""The wide picture on top of the home page: the valley of Điện Biên in March, morning."""

from random import Random

from marketplace.demo.art import brocade, houses
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.landscape import (
    LIGHTS,
    bamboo,
    ban_branch,
    ban_tree,
    cloud,
    grass,
    paddies,
    path_to,
    ridge,
    terraces,
    tree,
)
from marketplace.demo.art.palette import FOREST, INDIGO, LEAF, MOSS, mix, sheer
from marketplace.demo.art.shapes import oval, smooth

WIDTH, HEIGHT = 1600, 700


def valley(canvas: Canvas, look: Look) -> None:
    """Mountains of Mường Phăng, terraces, the plain, a stilt house; the left third is calm, for words."""
    random = look.random
    light = LIGHTS["morning"]
    canvas.gradient(0, 420, light.zenith, light.horizon)
    canvas.oval(1080, 170, 120, paint=sheer(light.disc, 0.3))
    canvas.oval(1080, 170, 74, paint=light.disc)
    for x, y, size in ((300, 110, 1.3), (760, 70, 1.0), (1420, 130, 1.4), (1000, 236, 1.1)):
        cloud(canvas, x, y, size, light)
    blue = mix(FOREST, INDIGO, 0.4)
    for y, height, distance, peaks in ((330, 210, 0.82, 3), (370, 150, 0.64, 4), (400, 100, 0.44, 5)):
        ridge(canvas, random, y, height, light.on(blue, distance=distance), peaks=peaks)
    for x in range(-20, 1640, 120):
        cloud(canvas, x, 396 + random.uniform(-8, 8), 1.2, light)
    paddies(canvas, random, light, 404, season="green")
    _hillside(canvas, random, look)
    grass(canvas, random, light, 612, paint=LEAF, count=50)
    path_to(canvas, light, [(1150, 610), (1070, 634), (1010, 720)], start=34, end=96)
    with canvas.at(1180, 620, scale=0.52):
        houses.stilt_house(canvas, random, light, look.palette, rounded=True)
    for x, y, size in ((1510, 640, 1.15), (900, 640, 0.85), (60, 650, 1.15), (170, 640, 0.7)):
        ban_tree(canvas, random, x, y, size)
    bamboo(canvas, random, 1400, 634, 0.7, light.on(LEAF))
    tree(canvas, 960, 632, 0.9, light.on(FOREST))
    ban_branch(
        canvas, random, [(1620, 30), (1480, 76), (1350, 50), (1230, 96)], width=24, size=52, flowers=11
    )
    canvas.weave(brocade.band(random, look.palette, WIDTH // 2 + 1), 0, HEIGHT - 52, cell=2)


def _hillside(canvas: Canvas, random: Random, look: Look) -> None:
    """Terraces on the slope at the right; the plain stays open at the left."""
    light = LIGHTS["morning"]
    slope = smooth([(620, 720), (740, 580), (900, 490), (1120, 430), (1380, 360), (1640, 300)], closed=False)
    outline = [*slope, (1640, 720)]
    canvas.fill(outline, light.on(MOSS))
    with canvas.inside(outline):
        terraces(canvas, random, light, 330, 640, season="water", levels=12)
    for x, y in ((1390, 362), (1470, 346), (1300, 388)):
        canvas.fill(oval(x, y + 4, 50, 8), light.on(LEAF))
        tree(canvas, x, y, 0.6, light.on(FOREST))
