"""Targets as they are read: which tokens at which rows of the logits, or which class."""

from dataclasses import dataclass
from typing import Literal

from workers.contract import Contrast, Refusal, ResolvedTarget, Target
from workers.core.reading import Tokens
from workers.models.language import LanguageModel
from workers.models.vision import VisionModel


@dataclass(frozen=True)
class TokenTarget:
    """Tokens [start, start + len(ids)) of a sequence, perhaps against other ids on the same prefix."""

    start: int
    ids: list[int]
    contrast: list[int]
    resolved: ResolvedTarget

    @property
    def single(self) -> bool:
        """Whether one row of logits decides: it can be read together with other targets."""
        return len(self.ids) == 1 and len(self.contrast) <= 1


def resolve_tokens(model: LanguageModel, tokens: Tokens, target: Target) -> TokenTarget:
    """A target on a text strip. Raises Refusal naming what it lacks."""
    if target.class_ is not None or (target.contrast and target.contrast.class_ is not None):
        detail = f"“{model.key}” has no classes; a target of a language model is a range of units."
        raise Refusal("no-classes", detail, field="targets")
    start, stop = _range(tokens, target)
    ids = tokens.ids[start:stop]
    if target.id is not None or target.token is not None:
        ids = _ids_of(model, target.id, target.token)
    contrast = _contrast_ids(model, target.contrast) if target.contrast else []
    quantity = target.quantity or "logprob"
    if quantity == "probability" and (len(ids) > 1 or len(contrast) > 1):
        detail = "A span of several tokens is explained by its summed log-probability or logits, not by probabilities."
        raise Refusal("quantity-of-span", detail, field="targets")
    places = tokens.places[start:stop]
    shift = 0 if model.sequence_to_sequence else 1
    resolved = ResolvedTarget(
        strip=tokens.strip.id,
        start=places[0],
        stop=places[-1] + 1,
        quantity=quantity,
        ids=ids,
        text=_text(model, ids),
        contrast=target.contrast,
        contrast_ids=contrast,
        contrast_text=_text(model, contrast),
        rows=[row - shift for row in range(start, start + len(ids))],
    )
    return TokenTarget(start, ids, contrast, resolved)


def _range(tokens: Tokens, target: Target) -> tuple[int, int]:
    count = len(tokens.strip.units)
    if target.strip not in ("main", tokens.strip.id):
        raise Refusal("unknown-strip", f"A target lies on the strip “{tokens.strip.id}”.", field="targets")
    if target.from_ is None:
        return _predictable(tokens, *_last(tokens, target))
    stop = target.to if target.to is not None else target.from_ + 1
    if stop > count:
        detail = f"The target [{target.from_}, {stop}) reaches beyond the strip's {count} units."
        raise Refusal("target-out-of-range", detail, field="targets", limit=count, value=stop)
    start, end = tokens.between(target.from_, stop)
    if start == end:
        raise Refusal(
            "target-without-token", "The target holds no token, only a gap of the tokenizer.", field="targets"
        )
    return _predictable(tokens, start, end)


def _predictable(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    if start == 0 and tokens.strip.id != "output":
        detail = (
            "The first unit has nothing before it that could explain it; read the text with BOS, or choose another."
        )
        raise Refusal("first-unit", detail, field="targets")
    return start, end


def _last(tokens: Tokens, target: Target) -> tuple[int, int]:
    """The predicted token where it is asked for or nothing was generated, else the last generated one."""
    end = len(tokens.ids)
    segments = [tokens.strip.units[place].segment for place in tokens.places[-2:]]
    if not target.next and segments == ["generated", "predicted"]:
        end -= 1
    return end - 1, end


def _ids_of(model: LanguageModel, id: int | None, text: str | None) -> list[int]:
    if id is not None:
        if id >= model.vocabulary:
            detail = f"There is no token {id}; the vocabulary has {model.vocabulary:,}."
            raise Refusal("unknown-token", detail, field="targets", limit=model.vocabulary - 1, value=id)
        return [id]
    ids = ids_within(model, text or "", "parse")
    if not ids:
        raise Refusal("empty-target", "The target's text is empty.", field="targets")
    return ids


def ids_within(model: LanguageModel, text: str, special_text: Literal["escape", "parse"]) -> list[int]:
    """The ids of a text as it stands within another one."""
    # A tokenizer that reads a space before the first word means " the" when it is given "the".
    spoken = text[1:] if model.tokenizer.dummy_prefix and text.startswith(" ") and text.strip() else text
    return list(model.tokenizer.ids(spoken, special_text=special_text)) if text else []


def _contrast_ids(model: LanguageModel, contrast: Contrast) -> list[int]:
    if contrast.ids is None:
        return _ids_of(model, None, contrast.token)
    for id in contrast.ids:
        _ids_of(model, id, None)
    return list(contrast.ids)


def _text(model: LanguageModel, ids: list[int]) -> str:
    return "".join(model.tokenizer.token_text(id) for id in ids)


def resolve_class(model: VisionModel, likely: int, target: Target) -> ResolvedTarget:
    """A target among the classes, by default the most probable. Raises Refusal for an unknown class."""
    if target.from_ is not None or target.token is not None or target.id is not None:
        raise Refusal("no-tokens", f"“{model.key}” classifies; its targets are classes.", field="targets")
    chosen = likely if target.class_ is None else _class_id(model, target.class_)
    other: list[int] = []
    if target.contrast:
        if target.contrast.class_ is None:
            raise Refusal("no-tokens", f"“{model.key}” classifies; a contrast is another class.", field="targets")
        other = [_class_id(model, target.contrast.class_)]
    return ResolvedTarget(
        strip="image",
        quantity=target.quantity or "logit",
        ids=[chosen],
        text=model.labels[chosen],
        class_id=chosen,
        class_label=model.labels[chosen],
        contrast=target.contrast,
        contrast_ids=other,
        contrast_text=model.labels[other[0]] if other else "",
    )


def _class_id(model: VisionModel, wanted: int | str) -> int:
    if isinstance(wanted, str) and wanted in model.labels:
        return model.labels.index(wanted)
    number = int(wanted) if isinstance(wanted, int) or wanted.isdecimal() else -1
    if not 0 <= number < len(model.labels):
        shown = ", ".join(model.labels[:12]) + (", …" if len(model.labels) > 12 else "")
        raise Refusal("unknown-class", f"“{model.key}” has no class “{wanted}”. It knows: {shown}.", field="targets")
    return number
