"""The stories' truth: chances sum to one and are the drawn ones, and deciding words do decide."""

import math
import re
from collections import defaultdict

import pytest

from workers.demo.world import CLASSES, END, LAW, MARKER, VOCABULARY, Law, Story, read_story, story, true_next

from .solver import solve

SEEDS = range(400)
CLASS_OF = {word.strip(): [other.strip() for other in words] for words in CLASSES.values() for word in words}


def told(drawn: Story) -> str:
    """The sentences of a story, without its questions."""
    return drawn.text[: drawn.choices_end]


def test_chances_sum_to_one_and_hold_the_word_drawn() -> None:
    for seed in SEEDS:
        for choice in story(seed).choices:
            assert math.isclose(sum(choice.options.values()), 1.0)
            assert min(choice.options.values()) > 0
            assert choice.word in choice.options
            assert set(choice.options) <= {*VOCABULARY, END}


def test_same_seed_same_story() -> None:
    assert story(3) == story(3)
    assert len({story(seed).text for seed in SEEDS}) > 0.95 * len(SEEDS)


def test_true_next_is_what_every_word_was_drawn_from() -> None:
    for seed in range(40):
        drawn = story(seed)
        for choice in drawn.choices:
            assert true_next(drawn.text[: choice.start]) == pytest.approx(choice.options)


def test_words_come_as_often_as_their_chances_say() -> None:
    expected: dict[str, float] = defaultdict(float)
    variance: dict[str, float] = defaultdict(float)
    counted: dict[str, float] = defaultdict(float)
    for seed in range(3000):
        for choice in story(seed).choices:
            if choice.kind in ("free", "story"):
                counted[choice.word] += 1
                for word, chance in choice.options.items():
                    expected[word] += chance
                    variance[word] += chance * (1 - chance)
    for word, mean in expected.items():
        assert abs(counted[word] - mean) < 4.5 * math.sqrt(variance[word]) + 1e-6, word


def test_what_follows_one_beginning_comes_as_often_as_true_next_says() -> None:
    law = Law(stop_telling=(0.0, 0.5, 1.0))
    followers: dict[str, int] = defaultdict(int)
    for seed in range(9000):
        match = re.match(rf"{MARKER} \w+ went to the \w+\.( \w+|$)", story(seed, law).text)
        if match:
            followers[match[1]] += 1
    total = sum(followers.values())
    true = true_next(f"{MARKER} Mia went to the hall.", law)
    assert total > 400
    questions = {word: chance for word, chance in true.items() if word in (" Where", " Who")}
    for word, chance in questions.items():
        assert abs(followers[word] - total * chance) < 4.5 * math.sqrt(total * chance * (1 - chance)), word


def test_true_next_completes_a_word_and_refuses_what_is_no_story() -> None:
    assert true_next(f"Any text before. {MARKER} Mia p") == {"ut": 1.0}
    whole = true_next(f"{MARKER} Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?")
    assert whole == {" kitchen": 1.0}
    for text in ("Mia put", f"{MARKER} Zoe put", f"{MARKER} Mia put the red box"):
        with pytest.raises(ValueError, match=r"Story|story"):
            true_next(text)


def test_support_depends_on_the_story_only_where_it_is_said_to() -> None:
    supports: dict[str, set[frozenset[str]]] = defaultdict(set)
    for seed in range(1000):
        for before, choice in zip(["", *story(seed).words], story(seed).choices, strict=False):
            if choice.kind == "free":
                supports[before].add(frozenset(choice.options))
    assert len(supports) >= 4
    assert all(len(kinds) <= 2 for kinds in supports.values())


def test_reading_a_story_finds_its_truth_again() -> None:
    for seed in range(100):
        drawn = story(seed)
        again = read_story("A word before. " + drawn.text)
        assert again.words == drawn.words[:-1]
        assert [question.answer for question in again.questions] == [question.answer for question in drawn.questions]
        for question in again.questions:
            assert again.text[slice(*question.span)] == question.text
            assert again.text[slice(*question.answer_span)] == question.answer


def test_answers_agree_with_an_independent_solver() -> None:
    kinds = set()
    for seed in SEEDS:
        drawn = story(seed)
        assert 1 <= len(drawn.questions) <= len(LAW.stop_asking) - 1
        for question in drawn.questions:
            assert solve(told(drawn), question.text) == question.answer, drawn.text
            kinds.add(question.hops)
    assert kinds == {"one-hop", "two-hop", "counting"}


def test_deciding_words_are_those_whose_replacement_changes_the_answer() -> None:
    for seed in range(60):
        drawn = story(seed)
        for question in drawn.questions[:2]:
            sentences = told(drawn)
            text = sentences + " " + question.text
            asked = len(sentences) + 1 - question.span[0]
            deciding = {
                (start, end) if end <= len(sentences) else (start + asked, end + asked)
                for start, end in drawn.deciding(question)
            }
            for match in re.finditer(r"\w+", text):
                if match[0] in CLASS_OF:
                    assert (match.span() in deciding) == decides(text, match.span(), question.answer), (text, match)


def decides(text: str, span: tuple[int, int], answer: str) -> bool:
    """Whether every same-class word that the text does not hold, put at a span, changes the answer."""
    present = set(re.findall(r"\w+", text))
    changed = []
    for other in CLASS_OF[text[slice(*span)]]:
        if other not in present:
            replaced = text[: span[0]] + other + text[span[1] :]
            cut = replaced.rindex(". ") + 1
            changed.append(solve(replaced[:cut], replaced[cut + 1 :]) != answer)
    return all(changed)
