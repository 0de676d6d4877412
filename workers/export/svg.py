"""`to_svg`: a result's main panel as a picture for a paper."""

from collections.abc import Sequence

from workers.contract import (
    AlternativesPanel,
    BranchesPanel,
    ChartPanel,
    GroupsPanel,
    LinksPanel,
    Panel,
    PanelKind,
    ReductionPanel,
    ResolvedTarget,
    Result,
    ScoresPanel,
    SegmentationsPanel,
)
from workers.export.layers import Layer, layers
from workers.export.paint import Paint, PrintPaint
from workers.export.pictures.alternatives import alternatives
from workers.export.pictures.branches import branches, how_to_read
from workers.export.pictures.chart import chart
from workers.export.pictures.grid import Images, patches
from workers.export.pictures.groups import group_layers, group_rows, text_layers
from workers.export.pictures.legend import legend
from workers.export.pictures.picture import SMALL, Picture, stack, standalone_svg, words
from workers.export.pictures.reduction import reduction, summary
from workers.export.pictures.running import running_text, segment_notes
from workers.export.pictures.segmentation import aligned_rows
from workers.export.tiles import is_grid

WIDTH = 640.0
SLICES, TILES = 12, 6_000
QUANTITIES = {"logprob": "log-probability", "logit": "logit", "probability": "probability"}
ORDER: tuple[PanelKind, ...] = ("scores", "reduction", "segmentations", "links", "alternatives")
DRAWN: tuple[PanelKind, ...] = ("branches", "groups", "chart")


def to_svg(result: Result, images: Images | None = None) -> str:
    """The main panel (scores first) with its legend, branches, groups and charts, and the sentence on how to read it.

    `images` are the PNGs of image sources by their id; without them patches are drawn as a map alone. Colours
    are written out on white; text is text. Of a quantity with leading axes at most 12 slices are drawn,
    fewer of a long strip (6000 tiles).
    """
    paint = PrintPaint()
    drawn = [picture for panel in _main(result) for picture in draw(result, panel, paint, WIDTH, images or {})]
    heading = words(title(result), paint, WIDTH, 12.5, weight=600)
    target = [words(sentence, paint, WIDTH, SMALL, "muted") for sentence in explained(result.target)]
    notes = [words(note, paint, WIDTH, SMALL, "muted") for note in caption(result)]
    picture = stack([stack([heading, *target], 4), *drawn, stack(notes, 5)], 16)
    return standalone_svg(Picture(picture.body, WIDTH, picture.height), paint, title(result))


def draw(result: Result, panel: Panel, paint: Paint, width: float, images: Images) -> list[Picture]:
    """A panel as pictures, one below the other; none for kinds that are tables."""
    match panel:
        case ScoresPanel() | LinksPanel():
            return _layers(result, panel, paint, width, images)
        case ReductionPanel():
            said = [words(sentence, paint, width) for sentence in summary(panel)]
            return [reduction(result, panel, paint, width, images, SLICES), stack(said, 2)]
        case SegmentationsPanel():
            note = "Lines through all rows: every tokenizer cuts here. Neighbouring tokens alternate in tone."
            return [aligned_rows(result, panel, paint, width), words(note, paint, width, SMALL, "muted")]
        case AlternativesPanel():
            return [alternatives(result, panel, paint, width)]
        case ChartPanel():
            return [words(panel.label, paint, width), chart(panel, paint, width)]
        case BranchesPanel():
            return _branches(result, panel, paint, width)
        case GroupsPanel():
            heading = [words(panel.label, paint, width)] if panel.label else []
            strips = [running_text(layer, paint, width) for layer in group_layers(result, panel)]
            return [*heading, *strips, group_rows(result, panel, paint, width)]


def title(result: Result) -> str:
    """The method and the models, `Surprisal · demo-lm`."""
    name = result.method.replace("_", " ")
    return " · ".join([name[:1].upper() + name[1:], *(use.model for use in result.provenance.models)])


def explained(target: ResolvedTarget | None) -> list[str]:
    """What is explained, in a sentence; nothing without a target."""
    if target is None:
        return []
    what = target.class_label or (f"“{target.text.strip()}”" if target.text else f"class {target.class_id}")
    against = f" against “{target.contrast_text.strip()}”" if target.contrast_text else ""
    return [f"Explained: {QUANTITIES[target.quantity]} of {what}{against}."]


def caption(result: Result) -> list[str]:
    """How to read the colours, what is known to mislead, and how it was computed."""
    origin = result.provenance
    uses = [
        f"{use.model} ({', '.join(part for part in (use.revision[:12], use.dtype) if part)})" for use in origin.models
    ]
    made = "; ".join([f"Method {origin.method}, version {origin.version}", *uses, f"seed {origin.seed}"])
    return [sentence for sentence in (origin.reads, origin.caveat, f"{made}.") if sentence]


def coloured(layers_: Sequence[Layer], paint: Paint, width: float, images: Images) -> list[Picture]:
    """The slices of one quantity over one strip: on the image, or as running text."""
    if not layers_:
        return []
    if is_grid(layers_[0].strip):
        return [patches(layers_, paint, width, images)]
    pictures: list[Picture] = []
    for layer in layers_:
        heading = [words(layer.title, paint, width, SMALL, "muted")] if layer.title else []
        pictures.append(stack([*heading, running_text(layer, paint, width)], 4))
    return pictures


def _main(result: Result) -> Sequence[Panel]:
    drawable = [panel for panel in result.panels if panel.kind in ORDER]
    main = sorted(drawable, key=lambda panel: ORDER.index(panel.kind))[:1]
    return [*main, *(panel for kind in DRAWN for panel in result.panels if panel.kind == kind)]


def _branches(result: Result, panel: BranchesPanel, paint: Paint, width: float) -> list[Picture]:
    picture = branches(result, panel, paint, width)
    drawn = [picture] if picture is not None else _texts(result, panel, paint, width)
    heading = [words(panel.label, paint, width)] if panel.label else []
    return [*heading, *drawn, words(how_to_read(panel), paint, width, SMALL, "muted")]


def _texts(result: Result, panel: BranchesPanel, paint: Paint, width: float) -> list[Picture]:
    layers_ = text_layers(result, panel)
    return [
        stack([words(layer.title, paint, width, SMALL, "muted"), running_text(layer, paint, width)], 4)
        for layer in layers_
    ]


def _layers(result: Result, panel: Panel, paint: Paint, width: float, images: Images) -> list[Picture]:
    groups, left_out = layers(result, panel, SLICES, TILES)
    pictures: list[Picture] = []
    for group in groups:
        pictures += coloured(group, paint, width, images)
        pictures += [legend(layer, paint) for layer in group[:1]]
    note = segment_notes([layer for group in groups for layer in group[:1]])
    if left_out:
        note = f"{note} {left_out} further slices are in the CSV.".strip()
    return [*pictures, *([words(note, paint, width, SMALL, "muted")] if note else [])]
