"""Results made by hand, one for each panel kind, with numbers that the tests know."""

import math
import struct
import zlib

import numpy as np
import regex

from workers.contract import (
    AlternativesPanel,
    Answer,
    AnswerCandidate,
    Axis,
    BranchesPanel,
    BranchNode,
    Candidate,
    Cost,
    Figure,
    Group,
    GroupsPanel,
    Latency,
    Lens,
    LinksPanel,
    Metric,
    ModelUse,
    Panel,
    Provenance,
    ReductionPanel,
    ResolvedTarget,
    Result,
    ScoresPanel,
    SegmentationsPanel,
    Share,
    Stage,
    Strip,
    Track,
    Unit,
    encode_bytes,
)

HOSTILE = '<img src=x onerror="alert(1)">'
STORY = (
    "Mia put the red ball in the box. Tom took the box to the kitchen, and Anna went outside to play with the dog. "
    "Where is the ball?"
)


def text_strip(tokens: list[str], id: str = "main", generated: int = 0, bos: bool = False, label: str = "") -> Strip:
    """A strip of tokens, the last `generated` of them generated."""
    units: list[Unit] = []
    if bos:
        units.append(Unit(kind="token", id=1, text="", surface="<s>", special=True, segment="prompt"))
    byte = char = 0
    for place, token in enumerate(tokens):
        data = token.encode()
        segment = "generated" if place >= len(tokens) - generated else "prompt"
        units.append(
            Unit(
                kind="token",
                id=100 + place,
                text=token,
                bytes=encode_bytes(data),
                byte_start=byte,
                byte_end=byte + len(data),
                char_start=char,
                char_end=char + len(token),
                segment=segment,
            )
        )
        byte, char = byte + len(data), char + len(token)
    return Strip(id=id, role="text", label=label or "Prompt and continuation", source="text-1", units=units)


def byte_strip(text: str, id: str = "bytes", label: str = "Bytes") -> Strip:
    """A strip of single bytes: the characters of several bytes belong to the first of them."""
    units: list[Unit] = []
    byte = 0
    for place, char in enumerate(text):
        for part, value in enumerate(char.encode()):
            start, stop = (place, place + 1) if part == 0 else (place + 1, place + 1)
            units.append(
                Unit(
                    kind="byte",
                    id=value,
                    text=char if part == 0 else "",
                    bytes=encode_bytes(bytes([value])),
                    byte_start=byte,
                    byte_end=byte + 1,
                    char_start=start,
                    char_end=stop,
                    group=place,
                    segment="prompt",
                )
            )
            byte += 1
    return Strip(id=id, role="text", label=label, source="text-1", units=units)


def grid_strip(rows: int, cols: int, patch: int = 8, cls: bool = False) -> Strip:
    """A strip of patches, row by row, after a CLS unit if asked."""
    units = [Unit(kind="token", surface="[CLS]", special=True)] if cls else []
    for row in range(rows):
        for col in range(cols):
            box = (col * patch, row * patch, (col + 1) * patch, (row + 1) * patch)
            units.append(Unit(kind="patch", row=row, col=col, box=box))
    return Strip(id="image", role="image", label="Image", source="image-1", grid=(rows, cols), units=units)


def provenance(method: str, reads: str, caveat: str = "") -> Provenance:
    """A provenance like that of a real run."""
    return Provenance(
        models=[ModelUse(role="model", model="demo-lm", revision="3f2a9c1d77aa", dtype="float32")],
        device="cpu",
        method=method,
        version=1,
        parameters={"steps": 32},
        seed=7,
        seconds=0.42,
        peak_memory_bytes=123456789,
        reads=reads,
        caveat=caveat,
    )


def result(
    strips: list[Strip],
    panels: list[Panel],
    method: str = "surprisal",
    reads: str = "More colour: the model expected this token less.",
    target: ResolvedTarget | None = None,
    caveat: str = "",
    figures: dict[str, Figure] | None = None,
) -> Result:
    """A result of these parts."""
    return Result(
        method=method,
        version=1,
        lens=Lens.UNCERTAINTY,
        target=target,
        strips=strips,
        panels=panels,
        figures=figures or {},
        provenance=provenance(method, reads, caveat),
    )


def surprisal() -> Result:
    """A story with a continuation: one sequential track, the first unit without a value."""
    tokens = [*regex.findall(r"\s*\w+|[^\w\s]", STORY), " In", " the", " kitchen", "."]
    strip = text_strip(tokens, generated=4, bos=True)
    values = [math.nan, *(abs(7 * math.sin(1.7 * place)) for place in range(len(tokens)))]
    track = Track(name="surprisal", label="Surprisal", unit="nat", domain=(0, 8), values=np.array(values))
    figures = {"perplexity": Figure(value=12.4375, label="Perplexity"), "bits": Figure(value=None, label="Bits")}
    return result([strip], [ScoresPanel(strip="main", tracks=[track])], figures=figures)


def importance() -> Result:
    """A diverging track that explains the last unit."""
    tokens = [*regex.findall(r"\s*\w+|[^\w\s]", STORY), " kitchen"]
    strip = text_strip(tokens, generated=1)
    values = np.array(
        [3 * math.cos(1.3 * place) * math.exp(-((place - 18) ** 2) / 200) for place in range(len(tokens))]
    )
    values[-1] = math.nan
    track = Track(name="attribution", label="Attribution", unit="nat", scale="diverging", domain=(-3, 3), values=values)
    last = len(tokens) - 1
    target = ResolvedTarget(
        strip="main", start=last, stop=last + 1, quantity="logprob", text=" kitchen", contrast_text=" box", value=-0.2
    )
    reads = "Blue: this token made the explained one more likely; orange: less likely. Paper: no influence."
    caveat = "Gradients saturate where the model is certain."
    return result([strip], [ScoresPanel(strip="main", tracks=[track])], "integrated_gradients", reads, target, caveat)


def scripts() -> Result:
    """Emoji, CJK, combining marks, right-to-left text, control characters and markup, several tokens per character."""
    texts = [
        "cafe", "\u0301", " 👩", "\u200d", "💻", " naïve", "\n", "東京", "タワー", "は", "高い", "。", "\n",
        "السلام", " علي", "كم", " 2024", " ישראל", " and", " Latin", " inside", "\n",
        "\tdef", " f", "(x", "):", "\r\n", HOSTILE, "\x07", " \u202eabc", " हि", "न्दी", " a" * 30,
    ]  # fmt: skip
    strip = text_strip(texts)
    values = np.array([place % 7 for place in range(len(texts))], dtype=float)
    values[5] = math.nan
    bytes_ = byte_strip("ação 東 👍🏽 كتاب")
    ramp = np.linspace(0, 6, len(bytes_.units))
    panels: list[Panel] = [
        ScoresPanel(strip="main", tracks=[Track(name="score", label="Score", domain=(0, 6), values=values)]),
        ScoresPanel(strip="bytes", tracks=[Track(name="score", label="Score", domain=(0, 6), values=ramp)]),
    ]
    return result([strip, bytes_], panels, reads="More colour: more.")


def patch_scores(cls: bool = True) -> Result:
    """A diverging track with two layers over patches."""
    strip = grid_strip(8, 8, cls=cls)
    rows, cols = np.mgrid[0:8, 0:8]
    bump = np.exp(-((rows - 3) ** 2 + (cols - 5) ** 2) / 6) - 0.5 * np.exp(-((rows - 6) ** 2 + (cols - 1) ** 2) / 3)
    values = np.concatenate([[math.nan] if cls else [], bump.ravel()])
    layers = Axis(name="layer", values=[0, 1])
    track = Track(
        name="attribution",
        label="Attribution",
        unit="logit",
        scale="diverging",
        domain=(-1, 1),
        axes=[layers],
        values=np.stack([values, values / 2]),
    )
    target = ResolvedTarget(strip="image", quantity="logit", class_id=3, class_label="red circle", value=4.2)
    reads = "Blue: this patch speaks for the class; orange: against it."
    return result([strip], [ScoresPanel(strip="image", tracks=[track])], "gradient_x_input", reads, target)


def links() -> Result:
    """Two generated units and what they look at, the first as its top three only."""
    strip = text_strip(["The", " cat", " sat", " on", " the", " mat", " and", " slept"], generated=2)
    panel = LinksPanel(
        name="attention",
        label="Attention",
        domain=(0, 1),
        strip="main",
        target_strip="main",
        rows=[(6, 7), (7, 8)],
        indices=np.array([[1, 2, 5], [1, 6, 0]]),
        weights=np.array([[0.5, 0.25, 0.125], [0.75, 0.125, 0.0625]]),
    )
    return result([strip], [panel], "cls_attention", "More colour: more attention.")


def alternatives() -> Result:
    """Per unit two candidates of a list of four."""
    strip = text_strip(["The", " cat", " sat"])
    names = [" cat", " dog", HOSTILE, "\n"]
    candidates = [Candidate(id=place, text=name, bytes=encode_bytes(name.encode())) for place, name in enumerate(names)]
    panel = AlternativesPanel(
        strip="main",
        candidates=candidates,
        choices=np.array([[math.nan, math.nan], [0, 1], [2, 3]]),
        probabilities=np.array([[math.nan, math.nan], [0.5, 0.25], [0.75, 0.125]]),
        covered=np.array([math.nan, 0.75, 0.875]),
    )
    return result([strip], [panel])


def segmentations() -> Result:
    """Words, pairs of letters and bytes over one text."""
    text = "Tokenizers cut über the same bytes: 東京タワー is 5 characters, 👩‍💻 is one.\nA new line شكرا too."
    word = text_strip(regex.findall(r"\s*\S+", text), "words", label="Words")
    pair = text_strip(regex.findall(r"(?s)..?", text), "pairs", label="Pairs")
    each = byte_strip(text)
    cuts = [{unit.byte_start for unit in strip.units} for strip in (word, pair, each)]
    shared = sorted(cut for cut in set.intersection(*cuts) if cut)
    metrics = [
        Metric(
            name="tokens", label="Tokens", meaning="How many units.", values=[len(s.units) for s in (word, pair, each)]
        ),
        Metric(name="fertility", label="Bytes per token", unit="B", meaning="Mean.", values=[6.5, 2.25, None]),
    ]
    panel = SegmentationsPanel(
        strips=["words", "pairs", "bytes"], shared=shared, metrics=metrics, notes=[[], ["Drops nothing."], []]
    )
    return result([word, pair, each], [panel], "compare_tokenizers", "Boxes are tokens; full lines are shared cuts.")


def reduction(image: bool = True) -> Result:
    """Three stages: nothing yet, one pair merged, a row dropped as well."""
    strip = grid_strip(4, 4, 16) if image else text_strip(["The", " cat", " sat", " on", " the", " mat"])
    units = len(strip.units)
    own = np.arange(units, dtype=float)
    size = np.ones(units)
    merged, merged_size = own.copy(), size.copy()
    merged[1], merged_size[1], merged_size[0] = 0, math.nan, 2
    dropped, dropped_size = merged.copy(), merged_size.copy()
    dropped[-4:], dropped_size[-4:] = math.nan, math.nan
    stages = [
        Stage(label="Block 1", at={"layer": 1}, destination=own, size=size, count=units),
        Stage(label="Block 2", at={"layer": 2}, destination=merged, size=merged_size, count=units - 1),
        Stage(label="Block 3", at={"layer": 3}, destination=dropped, size=dropped_size, count=units - 5),
    ]
    panel = ReductionPanel(
        strip=strip.id,
        stages=stages,
        costs=[Cost(name="flops", label="FLOPs", unit="MFLOP", formula="2·N·d²", before=20.0, after=15.0)],
        answers=[
            Answer(
                variant="full", label="Nothing merged", candidates=[AnswerCandidate(label="cat", probability=0.875)]
            ),
            Answer(
                variant="reduced",
                label="This method",
                candidates=[AnswerCandidate(label="cat", probability=0.75)],
                divergence=0.03125,
                agreement=1.0,
            ),
        ],
        latency=Latency(before=0.25, after=0.125, runs=5),
        positions="kept",
        protected=[0],
    )
    return result([strip], [panel], "tome", "More colour: more units merged into one; hatched: dropped.")


def branches() -> Result:
    """A tree of five nodes, a braid with two trials at one token, and two texts that differ in one token."""
    line = text_strip(["The", " ball", " is", " in", " the", " box", "."])
    other = text_strip(["The", " ball", " is", " in", " the", " kitchen", "."], "other")
    for place, id in ((5, 900),):
        other.units[place] = other.units[place].model_copy(update={"id": id})
    draft = text_strip([" the", " a", " box", HOSTILE], "draft")
    trials = text_strip([" is", " in", " was", " red", " once"], "trials")
    half = math.log(0.5)
    tree = BranchesPanel(
        label="Drafted",
        nodes=[
            BranchNode(id="root", parent=None, strip="main", range=(0, 4)),
            BranchNode(id="a", parent="root", strip="draft", range=(1, 2), log_probability=2 * half, kept=False),
            BranchNode(id="the", parent="root", strip="draft", range=(0, 1), log_probability=half),
            BranchNode(id="box", parent="the", strip="draft", range=(2, 3), log_probability=half, value=0.75),
            BranchNode(id="img", parent="the", strip="draft", range=(3, 4), log_probability=2 * half, kept=False),
        ],
        value_label="acceptance",
    )
    braid = BranchesPanel(
        label="Trials",
        layout="braid",
        value_label="perplexity",
        nodes=[
            BranchNode(id="line", parent=None, strip="main"),
            BranchNode(id="kept", parent="line", at=2, strip="trials", range=(0, 2), value=1.5),
            BranchNode(id="left", parent="line", at=2, strip="trials", range=(2, 5), value=6.25, kept=False),
        ],
    )
    texts = [BranchNode(id=id, parent=None, strip=id, label=label) for id, label in (("main", "One"), ("other", "Two"))]
    columns = BranchesPanel(label="Side by side", layout="columns", nodes=texts)
    return result([line, other, draft, trials], [tree, braid, columns], "draft_tree", "Larger: more probable.")


def groups() -> Result:
    """Runs, claims with shares, and clusters of texts."""
    strip = text_strip(["Mia", " left", ".", " Tom", " stayed", "."])
    shares = [Share(label="entailed", value=0.75), Share(label="neutral", value=0.25)]
    claim = Group(label="Mia left", strip="main", ranges=[(0, 2)], value=0.5, unit="nat", shares=shares)
    runs = [Group(label="run 1", strip="main", ranges=[(0, 1)]), Group(label=HOSTILE, strip="main", ranges=[(3, 5)])]
    cluster = Group(label="cluster 1", strip="main", ranges=[(0, 3), (3, 6)], value=0.25)
    panels: list[Panel] = [
        GroupsPanel(label="Runs", groups=runs),
        GroupsPanel(label="Claims", style="underline", groups=[claim]),
        GroupsPanel(label="Clusters", style="cards", groups=[cluster]),
    ]
    return result([strip], panels, "lexical_units", "Longer: surer.")


def every() -> dict[str, Result]:
    """All examples by name."""
    return {
        "surprisal": surprisal(),
        "importance": importance(),
        "scripts": scripts(),
        "patches": patch_scores(),
        "links": links(),
        "alternatives": alternatives(),
        "segmentations": segmentations(),
        "reduction": reduction(),
        "text_reduction": reduction(image=False),
        "branches": branches(),
        "groups": groups(),
    }


def png(width: int = 64, height: int = 64) -> bytes:
    """A small picture: a red disc on a green gradient."""
    rows = b""
    for y in range(height):
        rows += b"\x00"
        for x in range(width):
            disc = (x - 44) ** 2 + (y - 28) ** 2 < 144
            rows += bytes((210, 40, 40)) if disc else bytes((40, 90 + x, 60 + y))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
