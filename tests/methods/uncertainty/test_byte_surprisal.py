"""Every canonical way to cover the bytes, counted one by one on a toy vocabulary, is what the method sums."""

import math
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from tests.guides import as_shown, number, worked
from tests.jobs import SENTENCES, ask, call, language, text_of, tracks, units_of, values
from workers.contract import ChartPanel, Generate, Reading, Result
from workers.core.byte_passes import next_bytes_of
from workers.core.covers import Covers
from workers.models.tokenizing import TextTokenizer

KEY = "byte_surprisal"
MERGES = ["a b", "ab c", "Ġ a", "Ġ ab", "b c", "Ã ©", "a Ã", "Ġ Ġ"]
SINGLE = ["a", "b", "c", "Ġ", "Ã", "©", "¨"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A byte-level BPE of fifteen tokens and a random model over them."""
    folder = tmp_path_factory.mktemp("models") / "toy-bytes"
    vocabulary = {text: id for id, text in enumerate(["<s>", *SINGLE, *(pair.replace(" ", "") for pair in MERGES)])}
    merges = [(pair.split(" ")[0], pair.split(" ")[1]) for pair in MERGES]
    built: Any = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    built.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    built.decoder = decoders.ByteLevel()
    wrapped: Any = PreTrainedTokenizerFast
    wrapped(tokenizer_object=built, bos_token="<s>").save_pretrained(folder)
    torch.manual_seed(2)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=64,
        bos_token_id=0,
        eos_token_id=None,
        initializer_range=0.6,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


class Truth:
    """ln P of bytes by going through every sequence of tokens that covers them."""

    def __init__(self, folder: Path, *, canonical: bool = True) -> None:
        self.model = language(folder)
        self.tokenizer = self.model.tokenizer
        self.canonical = canonical
        self.tokens = [(id, self.tokenizer.token_bytes(id)) for id in range(1, self.model.vocabulary)]

    @cache  # noqa: B019 - as long as a test
    def row(self, ids: tuple[int, ...]) -> list[float]:
        """P of each token behind BOS and these."""
        with torch.no_grad():
            logits = self.model.network(input_ids=torch.tensor([[0, *ids]])).logits[0, -1].double()
        found: list[float] = logits.softmax(-1).tolist()
        return found

    def probability(self, said: bytes, ids: tuple[int, ...] = (), spelled: bytes = b"") -> float:
        """P of all covers that go on from these tokens."""
        if len(spelled) >= len(said):
            return 1.0 if not self.canonical or self._canonical(ids) else 0.0
        total = 0.0
        for id, data in self.tokens:
            longer = spelled + data
            size = min(len(longer), len(said))
            if longer[:size] == said[:size] and data:
                follow = self.probability(said, (*ids, id), longer)
                total += self.row(ids)[id] * follow if follow else 0.0
        return total

    def _canonical(self, ids: tuple[int, ...]) -> bool:
        try:
            return tuple(self.tokenizer.ids(b"".join(map(self.tokenizer.token_bytes, ids)).decode())) == ids
        except UnicodeDecodeError:  # it ends inside a character
            return self._canonical(ids[:-1])


def asked(folder: Path, text: str, **params: Any) -> Result:
    return ask(folder, call(KEY, **params), text=text, reading=Reading(bos="yes")).result


@pytest.mark.parametrize("text", ["abc", "ab abc", "abcab b", "c ab ca", "a", "bcabc a", "aéb", " éab"])
def test_every_cover_is_counted(toy: Path, text: str) -> None:
    said = text.encode()
    total = -np.cumsum(values(asked(toy, text), "surprisal", "bytes"))
    truth = Truth(toy)
    ends = [at for at in range(1, len(said) + 1) if at == len(said) or said[at] & 0xC0 != 0x80]
    for end in ends:
        assert total[end - 1] == pytest.approx(math.log(truth.probability(said[:end])), abs=1e-4), end


def test_without_the_check_more_covers_count_but_no_sequence_twice(toy: Path) -> None:
    text = "abcab"
    checked = values(asked(toy, text), "surprisal", "bytes").sum()
    skipped = values(asked(toy, text, validity="skipped"), "surprisal", "bytes").sum()
    every = -math.log(Truth(toy, canonical=False).probability(text.encode()))
    assert every <= skipped <= checked


@pytest.mark.parametrize("text", ["ab ", "abc", "ab a", "c", "bc "])
def test_the_next_byte_three_ways(toy: Path, text: str) -> None:
    (chart,) = [panel for panel in asked(toy, text).panels if isinstance(panel, ChartPanel)]
    assert [series.label for series in chart.series] == ["naive", "healed", "exact"]
    naive, healed, exact = ({str(x): y or 0.0 for x, y in zip(s.x, s.y, strict=True)} for s in chart.series)
    truth = Truth(toy)
    ids = tuple(truth.tokenizer.ids(text))
    names = {b"a": "a", b"b": "b", b"c": "c", b" ": "space"}
    following = {name: truth.probability(text.encode() + byte) for byte, name in names.items()}
    for other in (b"\xc3",):
        following["0xC3"] = truth.probability(text.encode() + other)
    for byte in (b"\xa9", b"\xa8"):
        following[f"0x{byte[0]:02X}"] = truth.probability(text.encode() + byte)
    total = sum(following.values())
    for name, p in following.items():
        assert exact.get(name, 0.0) == pytest.approx(p / total, abs=1e-4)

    def begins(row: list[float], prefix: bytes) -> float:
        return sum(row[id] for id, data in truth.tokens if data.startswith(prefix))

    row = truth.row(ids)
    last = truth.tokenizer.token_bytes(ids[-1])
    before = truth.row(ids[:-1])
    for byte, name in names.items():
        plain = begins(row, byte) / begins(row, b"")
        assert naive.get(name, 0.0) == pytest.approx(plain, abs=1e-5)
        taken = (begins(before, last + byte) + before[ids[-1]] * plain) / begins(before, last)
        assert healed.get(name, 0.0) == pytest.approx(taken, abs=1e-5)


def test_with_one_character_per_token_bytes_are_tokens(data: Path) -> None:
    folder = data / "models" / "babyllama105"
    found = ask(folder, call(KEY), text=SENTENCES["babyllama105"]).result
    tokens = values(found, "surprisal", "main")
    np.testing.assert_allclose(values(found, "surprisal", "bytes")[1:], tokens[3:], atol=2e-4)


def test_bytes_never_cost_more_than_their_canonical_tokens(stories: Path) -> None:
    found = ask(stories, call(KEY), text="Once upon a time Lily ate quickly. café 日", generate=Generate()).result
    exact, bound = (found.figures[name].value for name in ("bits_per_byte", "bits_per_byte_canonical"))
    assert exact is not None
    assert bound is not None
    assert 0 < exact <= bound + 1e-6
    steps = values(found, "surprisal", "bytes")
    assert np.nanmin(steps) >= 0
    assert text_of(found, "bytes") == text_of(found, "main")
    kinds = {unit.kind for unit in units_of(found, "bytes")}
    assert kinds == {"byte"}
    generated = [unit.segment == "generated" for unit in units_of(found, "bytes")]
    assert any(generated)
    assert not generated[0]


def test_a_prompt_s_trailing_space_is_no_trap(stories: Path) -> None:
    """Behind a space of its own the tokens alone expect anything; exactly, it is as behind the word."""
    (cut,) = [p for p in ask(stories, call(KEY), text="Once upon a ").result.panels if isinstance(p, ChartPanel)]
    exact = dict(zip(cut.series[2].x, cut.series[2].y, strict=True))
    naive = dict(zip(cut.series[0].x, cut.series[0].y, strict=True))
    assert (exact["t"] or 0) > 0.9
    assert (exact["t"] or 0) > (naive["t"] or 0)


def test_only_the_end_of_a_long_text_is_computed(stories: Path) -> None:
    found = ask(stories, call(KEY, last_bytes=10), text=SENTENCES["stories260k"]).result
    known = np.isfinite(values(found, "surprisal", "bytes"))
    whole = values(ask(stories, call(KEY), text=SENTENCES["stories260k"]).result, "surprisal", "bytes")
    assert 10 > known.sum() > 4
    np.testing.assert_allclose(values(found, "surprisal", "bytes")[known], whole[known], atol=1e-4)


def test_a_tokenizer_that_changes_the_text_is_said_to_do_so(data: Path) -> None:
    found = ask(data / "models" / "news-lm", call(KEY), text=SENTENCES["news-lm"]).result
    assert "changes the text" in found.provenance.caveat
    tokens = values(found, "surprisal", "main")
    assert np.nansum(values(found, "surprisal", "bytes")) == pytest.approx(float(np.nansum(tokens)), rel=1e-5)


def test_an_output_of_an_encoder_decoder(names: Path) -> None:
    found = ask(names, call(KEY), text="آتزمون").result
    assert text_of(found, "bytes") == "atzmon"
    np.testing.assert_allclose(
        values(found, "surprisal", "bytes"), tracks(found, "output")["surprisal"].values, atol=1e-4
    )


def test_where_every_cut_agrees(toy: Path) -> None:
    covers = Covers(language(toy).tokenizer, language(toy).vocabulary)
    assert covers.cuts(b"ab ca b") == [2, 3, 4, 5, 6]
    found = [covers.keys[at] for at in range(len(covers.keys))]
    assert found == sorted(found)
    where = covers.beginning(b"a")
    assert [covers.keys[at] for at in range(where.start, where.stop)] == [b"a", b"ab", b"abc", b"a\xc3"]
    for low, high in pairwise(range(256)):
        assert covers.beginning(bytes((low,))).stop <= covers.beginning(bytes((high,))).start or high == 256
    assert covers.beginning(b"\xff").start == len(covers.keys)


class _Two:
    """A tokenizer of the tokens that it is given."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = tokens

    def token_bytes(self, id: int) -> bytes:
        """What a token spells."""
        return self.tokens[id].encode()

    def is_special(self, id: int) -> bool:
        """None is."""
        return False


def test_the_example_of_its_guide() -> None:
    example = worked("byte_surprisal")
    tokens = ("a", "b", "ab")
    covers = Covers(cast(TextTokenizer, _Two(*tokens)), len(tokens))
    first = next_bytes_of(covers, np.array([number(example, token) for token in tokens]))
    assert float(first[ord("a")]) == as_shown(example.steps[0].gives)
    assert -math.log(first[ord("a")]) == as_shown(example.result)
