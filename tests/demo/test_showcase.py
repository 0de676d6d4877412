"""The samples: what is committed is what the command writes, and its truth is the world's."""

import json

from PIL import Image

from workers.demo.paths import HERE
from workers.demo.showcase import build_samples
from workers.demo.world import read_story, scene

COMMITTED = json.loads((HERE / "samples.json").read_text(encoding="utf-8"))


def test_committed_samples_are_what_the_command_writes() -> None:
    assert json.loads(json.dumps(build_samples())) == COMMITTED


def test_every_sample_says_what_it_needs_to() -> None:
    assert len({sample["id"] for sample in COMMITTED}) == len(COMMITTED)
    for sample in COMMITTED:
        assert sample["kind"] in ("text", "image")
        assert sample["title"]
        assert sample["methods"]
        assert ("text" in sample) == (sample["kind"] == "text")


def test_deciding_words_are_words_of_the_text() -> None:
    asked = [sample for sample in COMMITTED if "deciding" in sample["truth"]]
    for sample in asked:
        words = [sample["text"][start:end] for start, end in sample["truth"]["deciding"]]
        assert words
        assert all(word.isalpha() for word in words)
        assert read_story(sample["text"]).questions[-1].answer == sample["truth"]["answer"]


def test_pictures_are_their_scenes() -> None:
    for sample in (sample for sample in COMMITTED if sample["kind"] == "image"):
        drawn = scene(int(sample["id"].removeprefix("scene-")))
        with Image.open(HERE / sample["file"]) as image:
            assert image.tobytes() == drawn.image.tobytes()
        assert sample["truth"]["label"] == drawn.label
        assert sample["truth"]["box"] == list(drawn.box)
