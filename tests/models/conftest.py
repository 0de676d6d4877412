"""Models that the tests of loading share."""

from pathlib import Path

import pytest

from tests.vits import make_vit


@pytest.fixture(scope="session")
def vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ViT of 3 layers on 4 × 4 patches."""
    return make_vit(tmp_path_factory.mktemp("models") / "models-vit")


@pytest.fixture(scope="session")
def stories(data: Path) -> Path:
    """A really trained Llama with grouped heads."""
    return data / "models" / "stories260k"
