"""The micro-world: stories and scenes whose truth is known."""

from .scenes import MANNER, Manner, Scene, scene
from .shapes import DISTRACTORS, LABELS
from .stories import Choice, Question, Story, read_story, story, true_next
from .words import CLASSES, END, LAW, MARKER, VOCABULARY, Law

__all__ = [
    "CLASSES",
    "DISTRACTORS",
    "END",
    "LABELS",
    "LAW",
    "MANNER",
    "MARKER",
    "VOCABULARY",
    "Choice",
    "Law",
    "Manner",
    "Question",
    "Scene",
    "Story",
    "read_story",
    "scene",
    "story",
    "true_next",
]
