"""A language model's reading of stories, held against their truth, word by word."""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerBase

from .world import MARKER, VOCABULARY, Story


class Reader:
    """Reads stories with a model: log-probabilities of every word and of every other word there could be."""

    def __init__(self, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerBase) -> None:
        self._model = model
        self.ids = {word: tokenizer.encode(word, add_special_tokens=False)[0] for word in VOCABULARY}
        self.ids[str(tokenizer.eos_token)] = tokenizer.eos_token_id
        self._opening: list[int] = tokenizer.encode(MARKER)

    @torch.no_grad()
    def read(self, stories: Sequence[Story]) -> list[Tensor]:
        """For each story, log-probabilities (choices, vocabulary) over what stands at each of its choices."""
        rows = [self._opening + [self.ids[word] for word in story.words] for story in stories]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=self._model.device)
        logits = self._model(input_ids=ids).logits.float().log_softmax(-1)
        first = len(self._opening) - 1
        return [logits[i, first : first + len(story.words)].cpu() for i, story in enumerate(stories)]
