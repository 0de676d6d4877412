"""Coloured patches: on the image, where it is at hand, and as a map beside it."""

import base64
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workers.contract import Strip
from workers.export.colour import NULL, STEPS, Level
from workers.export.layers import Layer
from workers.export.markup import Markup, join, tag
from workers.export.paint import Paint
from workers.export.pictures.picture import SMALL, Picture, beside, label, merge, stack, words
from workers.export.pictures.running import describe

Images = Mapping[str, bytes]
GAP = 16.0
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Canvas:
    """The image's size in its own pixels, the scale to draw it at, and its PNG if there is one."""

    width: float
    height: float
    scale: float
    png: bytes | None

    def box(self, strip: Strip, index: int) -> tuple[float, float, float, float] | None:
        """Left, top, width, height of a unit as drawn; None for one that lies nowhere."""
        unit = strip.units[index]
        if unit.box is not None:
            left, top, right, bottom = (side * self.scale for side in unit.box)
            return left, top, right - left, bottom - top
        if unit.row is None or unit.col is None or strip.grid is None:
            return None
        height, width = self.height * self.scale / strip.grid[0], self.width * self.scale / strip.grid[1]
        return unit.col * width, unit.row * height, width, height

    def image(self) -> Markup:
        """The image itself."""
        data = base64.b64encode(self.png or b"").decode("ascii")
        return tag(
            "image",
            width=self.width * self.scale,
            height=self.height * self.scale,
            preserveAspectRatio="none",
            href=f"data:image/png;base64,{data}",
        )


def canvas(strip: Strip, images: Images, side: float) -> Canvas:
    """The canvas of an image strip, its longer side `side` long."""
    png = images.get(strip.source or "")
    boxes = [unit.box for unit in strip.units if unit.box is not None]
    if png is not None and png.startswith(PNG) and len(png) >= 24:
        width, height = struct.unpack(">II", png[16:24])
    elif boxes:
        png, width, height = None, max(box[2] for box in boxes), max(box[3] for box in boxes)
    else:
        png, (height, width) = None, strip.grid or (1, 1)
    return Canvas(width, height, side / max(width, height, 1), png)


def patches(layers: Sequence[Layer], paint: Paint, width: float, images: Images) -> Picture:
    """The image, the image under the colours, and the colours alone; several slices are maps beside the image."""
    several = len(layers) > 1
    ground = canvas(layers[0].strip, images, (width - 2 * GAP) / 3 if not several else 148)
    size = ground.width * ground.scale, ground.height * ground.scale
    drawn = [Picture(ground.image(), *size)] if ground.png is not None else []
    if drawn and not several:
        drawn.append(_overlay(layers[0], paint, ground))
    drawn += [patch_map(layer, paint, ground) for layer in layers]
    if several:
        titles = ["Image"] * (ground.png is not None) + [layer.title for layer in layers]
        drawn = [
            stack([words(title, paint, size[0], SMALL, "muted"), picture], 3)
            for title, picture in zip(titles, drawn, strict=True)
        ]
    return beside(drawn, width, GAP)


def patch_map(layer: Layer, paint: Paint, ground: Canvas) -> Picture:
    """The colours alone, and below them the units that lie nowhere (CLS)."""
    parts = [_patch(layer, index, paint, ground) for index in range(len(layer.strip.units))]
    height = ground.height * ground.scale
    frame = tag(
        "rect",
        width=ground.width * ground.scale,
        height=height,
        fill_opacity=0,
        stroke_width=0.8,
        **paint.named("rule", "stroke"),
    )
    homeless = [index for index in range(len(layer.strip.units)) if ground.box(layer.strip, index) is None]
    below = [_named(layer, index, place, height, paint) for place, index in enumerate(homeless)]
    extra = 30.0 if below else 0.0
    return Picture(join([*parts, frame, *below], "\n"), ground.width * ground.scale, height + extra)


def _overlay(layer: Layer, paint: Paint, ground: Canvas) -> Picture:
    parts = [_patch(layer, index, paint, ground, veiled=True) for index in range(len(layer.strip.units))]
    return Picture(join([ground.image(), *parts], "\n"), ground.width * ground.scale, ground.height * ground.scale)


def veil(level: Level) -> float:
    """How dense a colour lies on an image: what is near the paper lets the image through."""
    return 0.5 if level == NULL else 0.12 + 0.68 * level.step / STEPS


def _patch(layer: Layer, index: int, paint: Paint, ground: Canvas, veiled: bool = False) -> Markup:
    box = ground.box(layer.strip, index)
    if box is None:
        return Markup("")
    left, top, width, height = box
    level = layer.scaler.level(float(layer.values[index]))
    fill = paint.fill(level)
    marked = merge(fill, paint.named("ink", "stroke")) if index in layer.marked else fill
    return tag(
        "rect",
        tag("title", describe(layer, index)),
        x=left,
        y=top,
        width=width,
        height=height,
        fill_opacity=veil(level) if veiled else None,
        shape_rendering="crispEdges",
        **marked,
    )


def _named(layer: Layer, index: int, place: int, top: float, paint: Paint) -> Markup:
    level = layer.scaler.level(float(layer.values[index]))
    name = layer.strip.units[index].surface or layer.strip.units[index].text or "CLS"
    x = 74.0 * place
    square = tag(
        "rect",
        tag("title", describe(layer, index)),
        x=x,
        y=top + 10,
        width=16,
        height=16,
        **merge(paint.fill(level), paint.named("rule", "stroke")),
    )
    return join([square, label(name, x + 21, top + 22, paint.named("muted"), SMALL)])
