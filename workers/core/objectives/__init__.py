"""Objectives: a number that a model gives its input, as a function of the vectors of the input's units."""

from workers.core.objectives.base import Objective, Place
from workers.core.objectives.causal import CausalObjective
from workers.core.objectives.classes import ClassObjective
from workers.core.objectives.encoder_decoder import EncoderDecoderObjective

__all__ = ["CausalObjective", "ClassObjective", "EncoderDecoderObjective", "Objective", "Place"]
