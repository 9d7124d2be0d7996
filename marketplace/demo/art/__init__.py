"""Demo pictures, drawn when the demo data is loaded: woven cloth and flat drawings, no words, no photographs.

``draw`` makes one picture, ``batch.save_many`` makes and stores many on several processor cores.
"""

from marketplace.demo.art.goods import category_motif
from marketplace.demo.art.studio import MOTIFS, draw, room_motif, stay_motif, tour_motif

__all__ = ["MOTIFS", "category_motif", "draw", "room_motif", "stay_motif", "tour_motif"]
