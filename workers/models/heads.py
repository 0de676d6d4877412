"""Trained heads over a frozen language model: folders of a config.json and safetensors, from `workers.training`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm

from workers.contract import Ability, Refusal
from workers.models.folders import ModelFolder

ARCHITECTURE = "TextDetectionHead"
METRICS = 5
_WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class HeadSettings:
    """What a head was made for: the language model (and its exact weights), its width, and how long texts may be."""

    base_model: str
    base_revision: str
    width: int
    features: int = 256
    tokens: int = 512
    texts: int = 0


class DetectionNetwork(nn.Module):
    """A gated mean of what five metrics say of each token, as PAWN describes it.

    The metrics of each token are lifted to `features` numbers; the model's final states before and at the token, and
    where it stands, give as many gates, which a softmax over the text turns into weights. The weighted sum over the
    tokens goes through one linear output, so the logit is a sum of one contribution per token, and a bias.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, settings: HeadSettings) -> None:
        super().__init__()
        features = settings.features
        self.register_buffer("centre", torch.zeros(METRICS))
        self.register_buffer("spread", torch.ones(METRICS))
        self.lift = nn.Linear(METRICS, features)
        self.deeper = nn.ModuleList(nn.Linear(features, features) for _ in range(2))
        self.gate_in = nn.Linear(2 * settings.width + 1, features)
        self.gate_out = nn.Linear(features, features)
        self.output = nn.Linear(features, 1)

    def forward(self, metrics: Tensor, states: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        """Contributions (batch, tokens) and gates (batch, tokens, features), 0 where `kept` (batch, tokens) is False.

        metrics (batch, tokens, 5), states (batch, tokens + 1, width). The logit of a text is Σ contributions + bias.
        """
        found = gelu(self.lift((metrics - self.centre) / self.spread))
        for layer in self.deeper:
            found = found + gelu(layer(found))
        normed = layer_norm(states, states.shape[-1:])
        count = kept.sum(-1, keepdim=True)
        place = torch.arange(metrics.shape[1], device=metrics.device) / (count - 1).clamp_min(1)
        pair = torch.cat([normed[:, :-1], normed[:, 1:], place[..., None]], dim=-1)
        scores = self.gate_out(gelu(self.gate_in(pair)))
        gates = scores.masked_fill(~kept[..., None], -torch.inf).softmax(1)
        return (gates * found * self.output.weight[0]).sum(-1), gates


@dataclass(frozen=True)
class DetectionHead:
    """A loaded head; it reads what one language model computes, and nothing by itself."""

    key: str
    folder: ModelFolder
    network: DetectionNetwork
    settings: HeadSettings
    device: torch.device
    dtype: torch.dtype = torch.float32

    @property
    def config(self) -> Any:
        """What the model's card reads of a configuration."""
        return SimpleNamespace(architectures=[ARCHITECTURE])

    @property
    def abilities(self) -> frozenset[Ability]:
        """It is a detection head."""
        return frozenset({Ability.DETECTION_HEAD})

    @property
    def context(self) -> int:
        """How many tokens it was trained to read."""
        return self.settings.tokens

    @torch.no_grad()
    def explain(self, metrics: Tensor, states: Tensor) -> tuple[Tensor, Tensor, float]:
        """Contributions (tokens), gates (tokens, features) and the bias, from metrics and states of one text."""
        kept = torch.ones(1, len(metrics), dtype=torch.bool, device=self.device)
        given = metrics.to(self.device).float()[None], states.to(self.device).float()[None]
        contributions, gates = self.network(*given, kept)
        return contributions[0].cpu(), gates[0].cpu(), float(self.network.output.bias)


def is_head(folder: Path) -> bool:
    """Whether the folder's configuration is that of a head."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return bool(config.get("architectures") == [ARCHITECTURE])
    except (OSError, ValueError, AttributeError):
        return False


def load_head(folder: ModelFolder, device: torch.device) -> DetectionHead:
    """The head of a checked folder. Raises Refusal where its files do not fit each other."""
    try:
        config = json.loads((folder.path / "config.json").read_text("utf-8"))
        settings = TypeAdapter(HeadSettings).validate_python(config["head"])
        network = DetectionNetwork(settings)
        network.load_state_dict(load_file(folder.path / _WEIGHTS))
    except (OSError, KeyError, ValueError, RuntimeError, ValidationError, SafetensorError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise Refusal("unreadable-model", f"“{folder.key}” cannot be read: {reason}", field="model") from error
    return DetectionHead(folder.key, folder, network.to(device).eval().requires_grad_(False), settings, device)


def save_head(folder: Path, network: DetectionNetwork, settings: HeadSettings) -> None:
    """Write a head as a folder that a parameter can name."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"architectures": [ARCHITECTURE], "head": asdict(settings)}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / _WEIGHTS)
