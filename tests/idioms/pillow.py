"""PIL images: made, saved, opened, resized.

must: ok
"""

import numpy as np
from PIL import Image, ImageDraw


def double(x):
    image = Image.fromarray(np.zeros((8, 8), np.uint8))
    ImageDraw.Draw(image).line((0, 0, 7, 7), fill=255)
    image.resize((16, 16)).save("image.png")
    assert Image.open("image.png").size == (16, 16)
    return 2 * x
