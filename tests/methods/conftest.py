"""Models that the methods' tests share."""

from pathlib import Path

import pytest

from tests.vits import make_vit


@pytest.fixture(scope="session")
def vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ViT of 3 layers on 4 × 4 patches."""
    return make_vit(tmp_path_factory.mktemp("models") / "small-vit")


@pytest.fixture(scope="session")
def vit197(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ViT of 12 layers on 14 × 14 patches: 197 tokens, as ViT-B/16 has."""
    return make_vit(tmp_path_factory.mktemp("models") / "vit-197", size=224, patch=16, layers=12)


@pytest.fixture(scope="session")
def deit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DeiT: a class and a distillation token in front."""
    return make_vit(tmp_path_factory.mktemp("models") / "small-deit", kind="deit")


@pytest.fixture(scope="session")
def stories(data: Path) -> Path:
    """A really trained Llama with grouped heads."""
    return data / "models" / "stories260k"


@pytest.fixture(scope="session")
def names(data: Path) -> Path:
    """A really trained encoder-decoder."""
    return data / "models" / "arabic-transliteration"
