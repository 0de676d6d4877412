"""What the environment says: the data folder, the secret key, the limits in force."""

import os
import secrets
from pathlib import Path

from workers.contract import Contract

ROOT = Path(__file__).resolve().parents[2]


def flag(name: str, *, default: bool = False) -> bool:
    """Whether a variable is switched on."""
    given = os.environ.get(name, "").strip().lower()
    return given in {"1", "true", "yes", "on"} if given else default


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def seconds(name: str, default: float, *, least: float = 1.0) -> float:
    """A duration. ValueError names the variable that is no number, or too short to be meant."""
    given = os.environ.get(name) or str(default)
    try:
        value = float(given)
    except ValueError as error:
        raise ValueError(f"{name} is a number of seconds, not {given!r}") from error
    if not least <= value < float("inf"):
        raise ValueError(f"{name} is at least {least:g} seconds, not {given}")
    return value


def data_folder() -> Path:
    """The one folder that holds everything the site keeps (created when missing)."""
    folder = Path(os.environ.get("TESSERA_DATA") or ROOT / ".data").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """SECRET_KEY, else the one kept in the data folder, made there once for its owner's eyes only."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = folder / "secret_key"
    draft = folder / f"secret_key.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # never replaces: of two processes that start together, both read the first key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


class HouseLimits(Contract):
    """Every limit that TESSERA_LIMIT_<NAME> sets."""

    text_characters: int = 200_000
    image_bytes: int = 20 * 2**20
    image_pixels: int = 40_000_000
    table_bytes: int = 8 * 2**20
    table_rows: int = 10_000
    logprobs_bytes: int = 16 * 2**20
    logprobs_tokens: int = 32_768
    runs_per_minute: int = 60
    sources_per_minute: int = 120
    reads_per_minute: int = 1800
    changes_per_minute: int = 240
    admin_per_minute: int = 600
    logins_per_minute: int = 10
    guesses_per_minute: int = 20
    sockets_per_minute: int = 120
    open_sockets: int = 100
    queued_jobs: int = 50
    gpu_seconds_per_hour: int = 3600
    job_seconds: int = 3600
    body_bytes: int = 4 * 2**20
    result_bytes: int = 64 * 2**20


def limits() -> HouseLimits:
    """The limits in force. ValueError names the variable that is not a number."""
    chosen: dict[str, int] = {}
    for name in HouseLimits.model_fields:
        variable = f"TESSERA_LIMIT_{name.upper()}"
        if given := os.environ.get(variable):
            try:
                chosen[name] = int(float(given))
            except ValueError as error:
                raise ValueError(f"{variable} is a number, not {given!r}") from error
    return HouseLimits(**chosen)


class Keep(Contract):
    """For how many days what is kept; 0 is for ever. TESSERA_KEEP_<NAME> sets each."""

    runs_days: int = 30
    account_runs_days: int = 365
    sources_days: int = 30
    shares_days: int = 30
    tokens_days: int = 90
    transitions_days: int = 90
    sessions_days: int = 1
    errands_days: int = 30
    audit_days: int = 0
    cleanings_days: int = 365


def keep() -> Keep:
    """How long the house keeps what. ValueError names the variable that is no number of days."""
    chosen: dict[str, int] = {}
    for name in Keep.model_fields:
        variable = f"TESSERA_KEEP_{name.upper()}"
        if given := os.environ.get(variable):
            if not given.isascii() or not given.isdigit():
                raise ValueError(f"{variable} is a whole number of days, 0 for ever, not {given!r}")
            chosen[name] = int(given)
    return Keep(**chosen)
