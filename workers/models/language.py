"""Language models: ids or embeddings in, final hidden states out, logits from chunks of rows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from workers.contract import Ability, Refusal
from workers.models.adapters import Head, adapter_for
from workers.models.folders import ModelFolder
from workers.models.hf import Layers, cache_from, cache_layers, head_logits
from workers.models.tokenizing import TextTokenizer

_CHUNK_ELEMENTS = {"cpu": 13 << 19, "cuda": 1 << 26}
"""Logits held at a time. Above 32 MiB of float32, allocators give memory back to the system and fetch it again for
every chunk, which takes as long as all that is computed in it."""


@dataclass(frozen=True)
class Encoded:
    """What an encoder made of the input of an encoder-decoder: (batch, positions, width)."""

    states: Tensor


@dataclass(frozen=True)
class LanguageModel:
    """A loaded causal language model, or the encoder-decoder or masked encoder that the flags say it is."""

    key: str
    folder: ModelFolder
    network: Any
    tokenizer: TextTokenizer
    processor: Any
    device: torch.device
    dtype: torch.dtype
    sequence_to_sequence: bool = False
    masked: bool = False

    @property
    def config(self) -> Any:
        """The transformers configuration."""
        return self.network.config

    @cached_property
    def vocabulary(self) -> int:
        """Size of the real vocabulary: rows of the logits beyond the tokenizer's last id are padding."""
        rows: int = self.config.vocab_size if self.masked else self._output.weight.shape[0]
        return min(self.tokenizer.vocabulary_size, rows)

    @cached_property
    def context(self) -> int | None:
        """How many tokens fit; None where the configuration does not say."""
        table: Any = getattr(getattr(self.network.base_model, "embeddings", None), "position_embeddings", None)
        if self.masked and getattr(table, "padding_idx", None) is not None:  # RoBERTa counts positions from there on
            return int(table.num_embeddings) - int(table.padding_idx) - 1
        text = self.config.get_text_config(decoder=True)
        for name in ("max_position_embeddings", "n_positions", "n_ctx", "seq_length"):
            value = getattr(text, name, None)
            if isinstance(value, int) and value > 0:
                return value
        return None

    @cached_property
    def abilities(self) -> frozenset[Ability]:
        """What methods may ask of the model."""
        if self.masked:
            return frozenset({Ability.MASKED_TOKEN})
        both = {Ability.NEXT_TOKEN, Ability.GENERATE, Ability.TEXT_GRADIENT}
        if self.sequence_to_sequence:
            return frozenset(both | {Ability.SEQUENCE_TO_SEQUENCE})
        seen = getattr(self.network, "_supports_attention_backend", False)
        return frozenset(both | {Ability.ATTENTION} if seen else both)

    @cached_property
    def _output(self) -> Any:
        return self.network.get_output_embeddings()

    @cached_property
    def body(self) -> Any:
        """The network without its head: of an encoder-decoder, the decoder."""
        base = self.network.base_model
        return self.network.get_decoder() if self.sequence_to_sequence or base is self.network else base

    @cached_property
    def mean_embedding(self) -> Tensor:
        """The mean of what `embed` gives for the real vocabulary (width), float32."""
        every = torch.arange(self.vocabulary, device=self.device)
        with torch.no_grad():
            return torch.stack([self.embed(part).float().sum(0) for part in torch.split(every, 4096)]).sum(0) / len(
                every
            )

    def embed(self, ids: Tensor) -> Tensor:
        """Input embeddings (…, width) of ids, scaled as the model's own embedding layer scales them."""
        embedded: Tensor = self.network.get_input_embeddings()(ids)
        return self._scaled("encoder", embedded)

    def embed_output(self, ids: Tensor) -> Tensor:
        """Embeddings (…, width) of an encoder-decoder's output ids: some have a table for each side."""
        embedded: Tensor = self.network.get_decoder().get_input_embeddings()(ids)
        return self._scaled("decoder", embedded)

    def _scaled(self, side: str, embedded: Tensor) -> Tensor:
        if side not in adapter_for(self.config).scaled:
            return embedded
        part = self.network.get_encoder() if side == "encoder" else self.network.get_decoder()
        scale: float = part.embed_scale
        return embedded * scale

    def ids(self, values: list[int]) -> Tensor:
        """A batch of one row of ids on the model's device."""
        return torch.tensor([values], device=self.device, dtype=torch.long)

    def hidden(
        self,
        *,
        ids: Tensor | None = None,
        embeds: Tensor | None = None,
        past: Layers | None = None,
        cache: bool = False,
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]] | None]:
        """Final hidden states (batch, positions, width) of a causal model after `past`; its keys and values if asked.

        `embeds` are handed on as a copy, because some models scale them in place.
        """
        given: dict[str, Any] = {"input_ids": ids} if embeds is None else {"inputs_embeds": embeds.clone()}
        if past is not None:
            given["past_key_values"] = cache_from(past)
        output = self.body(**given, use_cache=past is not None or cache, return_dict=True)
        kept = getattr(output, "past_key_values", None) if cache else None
        return output.last_hidden_state, None if kept is None else cache_layers(kept)

    def encode(self, *, ids: Tensor | None = None, embeds: Tensor | None = None) -> Encoded:
        """The encoder's states for an encoder-decoder's input."""
        given = {"input_ids": ids} if embeds is None else {"inputs_embeds": embeds.clone()}
        return Encoded(self.network.get_encoder()(**given, return_dict=True).last_hidden_state)

    def decode(self, encoded: Encoded, *, ids: Tensor | None = None, embeds: Tensor | None = None) -> Tensor:
        """Final decoder states (batch, positions, width) given the encoder's."""
        given = {"input_ids": ids} if embeds is None else {"inputs_embeds": embeds.clone()}
        output = self.body(**given, encoder_hidden_states=encoded.states, use_cache=False, return_dict=True)
        states: Tensor = output.last_hidden_state
        return states

    def encoded(self, ids: Tensor) -> Tensor:
        """Final hidden states (batch, positions, width) of a masked encoder."""
        states: Tensor = self.body(input_ids=ids, return_dict=True).last_hidden_state
        return states

    @cached_property
    def mask_id(self) -> int:
        """The id that hides a token from a masked encoder. Raises Refusal without one."""
        id = getattr(self.processor, "mask_token_id", None)
        if id is None:
            raise Refusal("no-mask-token", f"The tokenizer of “{self.key}” has no mask token.", field="model")
        return int(id)

    def logits(self, states: Tensor) -> Tensor:
        """Logits (…, vocabulary), float32, of final hidden states."""
        if self.masked:
            rows = head_logits(self.network, states.reshape(-1, states.shape[-1]))
            return rows[:, : self.vocabulary].float().reshape(*states.shape[:-1], -1)
        head = adapter_for(self.config).head
        if head.scale_by_width and getattr(self.config, head.scale_by_width, False):
            states = states * self.config.d_model**-0.5
        logits = self._output(states.to(self._output.weight.dtype))[..., : self.vocabulary].float()
        return self._finish(head, logits)

    def _finish(self, head: Head, logits: Tensor) -> Tensor:
        if head.multiplier:
            logits = logits * getattr(self.config, head.multiplier)
        if head.divisor:
            logits = logits / getattr(self.config, head.divisor)
        if head.bias:
            logits = logits + getattr(self.network, head.bias).reshape(-1)[: self.vocabulary]
        if head.softcap and (cap := getattr(self.config, head.softcap, None)):
            logits = torch.tanh(logits / cap) * cap
        return logits

    @cached_property
    def rows_per_chunk(self) -> int:
        """How many rows of logits are held at once, in sixteens where there are so many."""
        rows = _CHUNK_ELEMENTS.get(self.device.type, _CHUNK_ELEMENTS["cpu"]) // self.vocabulary
        return max(1, rows - rows % 16 if rows > 16 else rows)

    @cached_property
    def decoder_start(self) -> int:
        """The id with which an encoder-decoder's decoder begins."""
        named = (self.network.generation_config.decoder_start_token_id, getattr(self.config, "bos_token_id", None))
        for id in (*named, self.tokenizer.bos_id):
            if id is not None:
                return int(id)
        detail = f"“{self.key}” does not say with which token its output begins (decoder_start_token_id)."
        raise Refusal("no-decoder-start", detail, field="model")

    @cached_property
    def end_ids(self) -> frozenset[int]:
        """Ids that end a continuation; a masked encoder has none."""
        if self.masked:
            return frozenset()
        end = self.network.generation_config.eos_token_id
        end = self.config.eos_token_id if end is None else end
        return frozenset([end] if isinstance(end, int) else end or ())

    @cached_property
    def _added(self) -> tuple[list[int], list[int]]:
        probe = "a"
        plain = self.processor(probe, add_special_tokens=False)["input_ids"]
        full = self.processor(probe)["input_ids"]
        for start in range(len(full) - len(plain) + 1):
            if full[start : start + len(plain)] == plain:
                return list(full[:start]), list(full[start + len(plain) :])
        return [], []

    def prefix(self, bos: str) -> list[int]:
        """The special tokens before a text, by the reading's `bos`. Raises Refusal when there is none to add."""
        if bos == "no":
            return []
        before = self._added[0]
        if before or bos == "auto":
            return before
        if self.tokenizer.bos_id is None:
            raise Refusal(
                "no-bos-token", f"“{self.key}” has no beginning-of-sequence token to add.", field="reading.bos"
            )
        return [self.tokenizer.bos_id]

    @property
    def suffix(self) -> list[int]:
        """The special tokens after an encoder's input; a causal model's text stays open."""
        return self._added[1] if self.sequence_to_sequence or self.masked else []

    def template(self, text: str) -> tuple[str, str]:
        """What the chat template puts before and after one user turn. Raises Refusal without a template."""
        if not getattr(self.processor, "chat_template", None):
            raise Refusal("no-chat-template", f"“{self.key}” has no chat template.", field="reading.template")
        turn = [{"role": "user", "content": text}]
        whole: str = self.processor.apply_chat_template(turn, tokenize=False, add_generation_prompt=True)
        before, found, after = whole.partition(text)
        if not found:
            detail = f"The chat template of “{self.key}” changes the text, so its tokens cannot be placed."
            raise Refusal("template-changes-text", detail, field="reading.template")
        return before, after

    @torch.no_grad()
    def prove(self) -> None:
        """Holds our logits, from embeddings on, against the model's own on a probe.

        Raises Refusal where the family's head or embeddings follow an unknown rule.
        """
        probe = self.ids([*range(min(4, self.vocabulary))])
        if self.masked:
            ours, theirs = self.logits(self.encoded(probe)), self.network(input_ids=probe).logits
        elif self.sequence_to_sequence:
            ours = self.logits(self.decode(self.encode(embeds=self.embed(probe)), embeds=self.embed_output(probe)))
            theirs = self.network(input_ids=probe, decoder_input_ids=probe).logits
        else:
            ours = self.logits(self.hidden(embeds=self.embed(probe))[0])
            theirs = self.network(input_ids=probe).logits
        theirs = theirs[..., : self.vocabulary].float()
        gap = (ours - theirs).abs().max().item()
        if gap > max(1e-2, 8 * torch.finfo(self.dtype).eps * theirs.abs().max().item()):
            detail = f"The logits of “{self.key}” ({self.config.model_type}) follow an unknown rule (off by {gap:.3g})."
            raise Refusal("unknown-head", detail, field="model")
