"""DySpec: the tree of tokens that a draft model would propose, and the path that the model keeps."""

import math
from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workers.contract import (
    Ability,
    BranchesPanel,
    BranchNode,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    RoleCard,
    Step,
    Strip,
    Unit,
    WorkedExample,
    encode_bytes,
)
from workers.contract.cost import MethodCost, Term
from workers.core.drafting import Check, Draft, check, grow, rooted
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.reading import check_room
from workers.core.text_passes import TextPasses
from workers.models.language import LanguageModel


class DraftTree(Method):
    """The tree of continuations that a draft model proposes for one check of the model, and the path it accepts.

    DySpec grows the tree greedily: each new token is the one whose path is the most probable under the draft, so that
    the tree is deep where the draft is sure and wide where it is not. The model then follows its own first choice as
    long as the tree holds it; it says one token more by itself. With one child per token the tree is the draft's
    greedy continuation, which is plain speculative decoding.
    """

    key: ClassVar[str] = "draft_tree"
    name: ClassVar[str] = "Draft tree (DySpec)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "A thicker way: the draft holds it more probable; kept: the model would have said the same."
    caveat: ClassVar[str] = "Decoded greedily at temperature 1; a draw from the model may keep other paths."
    paper: ClassVar[str] = "Xiong et al.: DySpec, arXiv 2410.11744"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Follow the kept path from the root: it is what one check of the large model yields. Where it leaves "
            "the tree early, the draft model put its guesses elsewhere."
        ),
        example=WorkedExample(
            setting=(
                "A draft model proposes “red” (0.6) or “blue” (0.4), and after “red” the word “ball” (0.9). The "
                "tree holds three tokens."
            ),
            given={"red": 0.6, "ball": 0.9, "blue": 0.4},
            steps=[
                Step(does="Path “red ball”", formula="0.6 · 0.9", gives=0.54),
                Step(does="Tokens kept, if the model were the draft", formula="0.6 + 0.54 + 0.4", gives=1.54),
            ],
            means=(
                "“red ball” (0.54) is added before “blue” (0.4), because its path is more probable: the tree "
                "grows deep where the draft is sure."
            ),
        ),
        distrust=(
            "As an average: it is one tree at one place, decoded greedily. Whether drafting pays is a question "
            "for speculative acceptance over a whole text."
        ),
        papers=[
            Paper(
                citation=("Xiong et al.: DySpec, Faster Speculative Decoding with Dynamic Token Tree Structure"),
                year=2024,
                id="arXiv:2410.11744",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.GENERATE}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("branches",)
    roles: ClassVar[dict[str, RoleCard]] = {
        "draft": RoleCard(
            summary="The small model that drafts; the job's model checks its drafts. They share one tokenizer.",
            needs=[Ability.NEXT_TOKEN, Ability.GENERATE],
        )
    }
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[Term(times=1.6, of=["nodes"])],
        most=[Term(times=3), Term(times=2, of=["nodes"])],
    )

    after: Annotated[
        Literal["prompt", "continuation"],
        Field(description="Draft what follows the text that was given, or what follows its continuation as well."),
    ] = "prompt"
    nodes: Annotated[int, Field(ge=1, le=256, description="How many tokens the tree holds at most.")] = 24
    width: Annotated[int, Field(ge=1, le=16, description="How many children a token has at most.")] = 4
    depth: Annotated[int, Field(ge=1, le=64, description="How many tokens a path has at most.")] = 8

    def run(self, passes: Passes) -> Findings:
        """A tree of the draft's tokens, each with the probability that it is accepted; the greedy path is kept."""
        text, draft = passes.text, passes.role("draft")
        said = text.scored.ids[0 if text.model.sequence_to_sequence else len(text.prompt.ids) :]
        said = said if self.after == "continuation" else []
        read = 0 if text.model.sequence_to_sequence else len(said)
        for model in (text.model, draft.model):
            check_room(model, len(text.prompt.ids) + read, self.depth + 1)
        prompt = text.prompt.ids

        def told(message: str, start: float) -> Callable[[int], None]:
            return lambda count: passes.generating(message, start + 0.5 * count / (self.nodes + 1))

        root = rooted(draft.model, prompt, said)
        tree = grow(draft.model, root, self.nodes, self.width, self.depth, told("Growing the tree", 0.0))
        checked = check(rooted(text.model, prompt, said), tree, told("Checking the tree", 0.5))
        strip = _strip(text.model, draft.model.key, tree, checked.further)
        return Findings(
            strips=[*(tokens.strip for tokens in text.strips), strip],
            panels=[
                BranchesPanel(
                    label="Drafted tokens",
                    value_label="accepted with",
                    nodes=[self._root(text), *_nodes(strip, tree, checked)],
                )
            ],
            figures=_figures(tree, checked.kept),
        )

    def _root(self, text: TextPasses) -> BranchNode:
        strip, stop = text.scored.strip, len(text.scored.strip.units)
        if self.after == "prompt" and text.model.sequence_to_sequence:
            strip, stop = text.prompt.strip, len(text.prompt.strip.units)
        elif self.after == "prompt":
            stop = (strip.find(lambda unit: unit.segment == "generated") or [stop])[0]
        return BranchNode(id=_ROOT, parent=None, strip=strip.id, range=(0, stop))


_ROOT = "text"


def _name(index: int | None) -> str:
    return _ROOT if index is None else f"draft-{index}"


def _strip(model: LanguageModel, drafter: str, tree: Sequence[Draft], further: int) -> Strip:
    """All drafted tokens in the order in which they were added, then what the model itself says: a list, no text."""
    tokenizer, units, byte, char = model.tokenizer, [], 0, 0
    for id in [*(draft.id for draft in tree), further]:
        name = tokenizer.token_text(id)
        special = tokenizer.is_special(id)
        text = "" if special else name
        units.append(
            Unit(
                kind="token",
                id=id,
                text=text,
                surface=name if special else None,
                bytes=encode_bytes(tokenizer.token_bytes(id)),
                byte_start=byte,
                byte_end=byte + len(text.encode()),
                char_start=char,
                char_end=char + len(text),
                segment="generated",
                special=special,
            )
        )
        byte, char = byte + len(text.encode()), char + len(text)
    label = f"Tokens that “{drafter}” drafts, and the one that “{model.key}” says after those it keeps"
    return Strip(id="drafts", role="sample", label=label, tokenizer=tokenizer.name, units=units)


def _nodes(strip: Strip, tree: Sequence[Draft], checked: Check) -> list[BranchNode]:
    """One node for each draft, with its acceptance min(1, p/q), and one for what the model says itself."""
    nodes = [
        BranchNode(
            id=_name(index),
            parent=_name(draft.parent),
            strip=strip.id,
            range=(index, index + 1),
            log_probability=draft.log_probability,
            value=math.exp(min(0.0, log - draft.log_probability)),
            kept=index in checked.kept,
        )
        for index, (draft, log) in enumerate(zip(tree, checked.log_probabilities, strict=True))
    ]
    parent, own = _name(checked.kept[-1] if checked.kept else None), len(tree)
    said = BranchNode(id="own", parent=parent, strip=strip.id, range=(own, own + 1), label="said by the model itself")
    return [*nodes, said]


def _figures(tree: Sequence[Draft], kept: Sequence[int]) -> dict[str, Figure]:
    mass = math.fsum(math.exp(draft.path) for draft in tree)
    return {
        "accepted": Figure(value=len(kept), label="Drafted tokens that the model keeps", domain=(0, None)),
        "tokens_per_check": Figure(value=len(kept) + 1, label="Tokens from this one check", domain=(1, None)),
        "drafted": Figure(value=len(tree), label="Tokens in the tree", domain=(0, None)),
        "expected_by_draft": Figure(
            value=mass, label="Tokens kept if the model were the draft (sum of the paths)", domain=(0, None)
        ),
    }
