"""Finding tokenizers: what comes along, folders, files, and what is refused."""

import json
import os
import re
from pathlib import Path

import pytest

from workers.contract import ModelSpec, Refusal
from workers.models.tokenizing import builtin_keys, builtin_tokenizers, load_tokenizer, title
from workers.models.tokenizing.files import _LARGEST
from workers.models.tokenizing.load import builtin_paths
from workers.models.tokenizing.spelling import BYTE_LETTERS


def spec(path: Path) -> ModelSpec:
    return ModelSpec(location=str(path))


def test_what_comes_along_has_cards_that_say_what_it_is() -> None:
    cards = {card.key: card for card in builtin_tokenizers()}
    assert list(cards) == builtin_keys()
    assert {"bytes", "demo-lm", "demo-unigram", "demo-wordpiece", "mistral-v3", "mistral-tekken"} <= cards.keys()
    assert cards["demo-unigram"].algorithm == "Unigram"
    assert cards["demo-wordpiece"].algorithm == "WordPiece"
    assert cards["mistral-tekken"].vocabulary == 131_072
    assert cards["mistral-v3"].licence == "Apache-2.0"
    assert len({card.revision for card in cards.values()}) == len(cards)
    assert title("mistral-tekken") == cards["mistral-tekken"].name
    assert title("somebody-elses") == "somebody-elses"


def test_a_tokenizer_is_kept_until_its_file_changes(tmp_path: Path) -> None:
    source = builtin_paths()["demo-wordpiece"]
    assert source is not None
    path = tmp_path / "tokenizer.json"
    path.write_bytes(source.read_bytes())
    first = load_tokenizer("mine", spec(path))
    assert load_tokenizer("mine", spec(path)) is first
    assert first.hash == load_tokenizer("demo-wordpiece").hash
    data = json.loads(path.read_text("utf-8"))
    data["normalizer"]["lowercase"] = False
    path.write_text(json.dumps(data), "utf-8")
    os.utime(path, ns=(1, 1))
    again = load_tokenizer("mine", spec(path))
    assert again is not first
    assert again.hash != first.hash


def test_the_hash_does_not_hang_on_how_the_file_is_written(tmp_path: Path) -> None:
    source = builtin_paths()["demo-lm"]
    assert source is not None
    data = json.loads(source.read_text("utf-8"))
    data["model"]["merges"] = [
        merge if isinstance(merge, str) else " ".join(merge) for merge in data["model"]["merges"]
    ]
    (tmp_path / "tokenizer.json").write_text(json.dumps(data, indent=4, sort_keys=True), "utf-8")
    assert load_tokenizer("again", spec(tmp_path)).hash == load_tokenizer("demo-lm").hash


def test_a_vocabulary_by_hand_as_word_piece(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\nred\n##der\nball\n", "utf-8")
    tokenizer = load_tokenizer("tiny", spec(tmp_path))
    pieces = tokenizer.encode("Redder ball x")
    assert [(piece.id, piece.start, piece.end, piece.surface) for piece in pieces] == [
        (4, 0, 3, "red"),
        (5, 3, 6, "##der"),
        (6, 7, 11, None),
        (1, 12, 13, "[UNK]"),
    ]
    assert tokenizer.decode_bytes([4, 5, 6]) == b"redder ball"
    assert (tokenizer.token_bytes(5), tokenizer.token_bytes(1)) == (b"der", b"")
    assert (tokenizer.bos_id, tokenizer.eos_id, tokenizer.unk_id, tokenizer.pad_id) == (2, 3, 1, 0)


def test_a_vocabulary_by_hand_as_byte_level_pairs(tmp_path: Path) -> None:
    ids = {letter: at for at, letter in enumerate(BYTE_LETTERS)} | {"Ã©": 256, "ab": 257, "<|endoftext|>": 258}
    (tmp_path / "vocab.json").write_text(json.dumps(ids), "utf-8")
    (tmp_path / "merges.txt").write_text("#version: 0.2\nÃ ©\na b\n", "utf-8")
    tokenizer = load_tokenizer("tiny", spec(tmp_path))
    assert tokenizer.ids("éab") == [256, 257]
    assert tokenizer.token_bytes(256) == "é".encode()
    assert tokenizer.ids("<|endoftext|>", special_text="parse") == [258]
    assert 258 not in tokenizer.ids("<|endoftext|>", special_text="escape")
    assert tokenizer.token_bytes(258) == b""
    assert tokenizer.is_special(258)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tokenizer.json", "{", "no JSON"),
        ("tokenizer.json", "[]", "no object"),
        ("tokenizer.json", '{"model": {"vocab": {}}}', "no tokenizer.json"),
        ("tekken.json", '{"config": {}, "vocab": []}', "no tekken file"),
        ("x.tiktoken", "a b c\n", "no .tiktoken file"),
        ("x.tiktoken", "YQ== 0\n", "lacks 255 of the 256"),
        ("x.model", "rubbish", "no SentencePiece model"),
        ("vocab.txt", "a\nb\n", "no [UNK]"),
    ],
)
def test_files_that_are_no_tokenizers_are_refused_by_name(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(Refusal, match=re.escape(said)) as refused:
        load_tokenizer("broken", spec(tmp_path))
    assert name in refused.value.detail


def test_folders_without_a_tokenizer_and_strange_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="holds no tokenizer"):
        load_tokenizer("empty", spec(tmp_path))
    (tmp_path / "weights.bin").write_bytes(b"x")
    with pytest.raises(Refusal, match="is no tokenizer file"):
        load_tokenizer("weights", spec(tmp_path / "weights.bin"))
    with pytest.raises(Refusal, match="no file or folder"):
        load_tokenizer("gone", spec(tmp_path / "gone"))
    with pytest.raises(Refusal, match="There is no tokenizer “gpt-9”"):
        load_tokenizer("gpt-9")


def test_a_file_over_the_limit_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    with path.open("wb") as file:
        file.truncate(_LARGEST + 1)
    with pytest.raises(Refusal) as refused:
        load_tokenizer("large", spec(path))
    assert (refused.value.limit, refused.value.value) == (_LARGEST, _LARGEST + 1)


def test_the_hub_offline_is_refused_readably() -> None:
    with pytest.raises(Refusal, match="nobody/nothing"):
        load_tokenizer("far", ModelSpec(location="nobody/nothing", revision="main"))


def test_unusual_spellings(tmp_path: Path) -> None:
    (tmp_path / "vocab.json").write_text('{"a</w>": 0}', "utf-8")
    (tmp_path / "merges.txt").write_text("", "utf-8")
    with pytest.raises(Refusal, match="does not spell bytes as GPT-2 does"):
        load_tokenizer("clip-like", spec(tmp_path))


def test_byt5_folders_are_bytes_after_three_ids(tmp_path: Path) -> None:
    from transformers import ByT5Tokenizer

    reference = ByT5Tokenizer()
    reference.save_pretrained(tmp_path)
    tokenizer = load_tokenizer("byt5", spec(tmp_path))
    text = "Où 你😀"
    assert [*tokenizer.ids(text), *tokenizer.suffix] == reference(text).input_ids
    assert tokenizer.vocabulary_size == len(reference)
    assert tokenizer.decode_bytes(tokenizer.ids(text)) == text.encode()
    typed = tokenizer.encode("a</s>é", special_text="parse")
    assert [(piece.id, piece.start, piece.end, piece.special) for piece in typed] == [
        (100, 0, 1, False),
        (1, 1, 5, True),
        (198, 5, 6, False),
        (172, 6, 7, False),
    ]


def test_a_folder_that_names_its_family_is_read_as_that_family(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    source = builtin_paths()["mistral-v1"]
    assert source is not None
    (tmp_path / "tokenizer.model").write_bytes(source.read_bytes())
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "LlamaTokenizer"}', "utf-8")
    reference = AutoTokenizer.from_pretrained(tmp_path)
    tokenizer = load_tokenizer("family", spec(tmp_path))
    for text in ("Hello  wörld 你 ﬁ", "a</s> b"):
        assert tokenizer.ids(text, special_text="parse") == reference(text, add_special_tokens=False).input_ids
    assert (tokenizer.bos_id, tokenizer.eos_id, tokenizer.unk_id) == (1, 2, 0)


def test_longest_match_by_hand(tmp_path: Path) -> None:
    lines = [f"{byte + 1} {bytes((byte,))!r} 1" for byte in range(256)]
    lines += ["257 'the' 3", "258 ' the' 4", "259 b'\\xf0\\x9f' 2", "260 'th' 2"]
    (tmp_path / "rwkv_vocab_tiny.txt").write_text("\n".join(lines), "utf-8")
    tokenizer = load_tokenizer("tiny", spec(tmp_path))
    pieces = tokenizer.encode("the thx😀")
    assert [(piece.id, piece.start, piece.end) for piece in pieces] == [
        (257, 0, 3),
        (33, 3, 4),
        (260, 4, 6),
        (121, 6, 7),
        (259, 7, 9),
        (0x98 + 1, 9, 10),
        (0x80 + 1, 10, 11),
    ]
    (tmp_path / "rwkv_vocab_tiny.txt").write_text("1 'a' 2", "utf-8")
    os.utime(tmp_path, ns=(5, 5))
    with pytest.raises(Refusal, match="has 1 bytes, not 2"):
        load_tokenizer("tiny", spec(tmp_path))
