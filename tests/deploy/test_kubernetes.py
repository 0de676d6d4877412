"""deploy/kubernetes is what a cluster takes, is as careful as the compose file, and counts jobs where they are."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import kubernetes_validate
import pytest
import yaml
from django.db import connection
from pydantic import BaseModel, ConfigDict

from tests.deploy.test_compose import FOREIGN, names_read_by_the_project
from webapp.config.celery import settings as celery_settings
from webapp.queues.models import QueueSwitch
from webapp.runs.models import Job, Run, State

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
Manifest = dict[str, Any]


def manifests() -> Iterator[Manifest]:
    """Every object, the example of the secret among them."""
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name not in {"kustomization.yaml", "secret.yaml"}:
            yield from yaml.safe_load_all(path.read_text("utf-8"))


ALL = list(manifests())
OURS = {"prepare", "web", "worker-gpu", "worker-cpu", "beat"}


def named(kind: str) -> dict[str, Manifest]:
    """The objects of a kind by name."""
    return {one["metadata"]["name"]: one for one in ALL if one["kind"] == kind}


PODS = {
    name: one["spec"]["template"] for kind in ("Deployment", "StatefulSet", "Job") for name, one in named(kind).items()
}


def key(one: Manifest) -> str:
    """How a test names an object."""
    return f"{one['kind']}-{one['metadata']['name']}"


@pytest.mark.parametrize("one", [one for one in ALL if not one["apiVersion"].startswith("keda")], ids=key)
def test_an_object_is_what_kubernetes_takes(one: Manifest) -> None:
    kubernetes_validate.validate(one, kubernetes_validate.latest_version(), strict=True)
    assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "tessera"


class Strict(BaseModel):
    """A shape that knows every field."""

    model_config = ConfigDict(extra="forbid")


class Reference(Strict):
    name: str


class Trigger(Strict):
    type: Literal["postgresql"]
    metadata: dict[Literal["query", "targetQueryValue", "activationTargetQueryValue"], str]  # KEDA takes strings only
    authenticationRef: Reference  # noqa: N815


class Fallback(Strict):
    failureThreshold: int  # noqa: N815
    replicas: int


class ScaledObject(Strict):
    scaleTargetRef: Reference  # noqa: N815
    minReplicaCount: int  # noqa: N815
    maxReplicaCount: int  # noqa: N815
    pollingInterval: int  # noqa: N815
    cooldownPeriod: int  # noqa: N815
    fallback: Fallback
    advanced: dict[Literal["horizontalPodAutoscalerConfig"], dict[Literal["behavior"], dict[str, Any]]]
    triggers: list[Trigger]


class Parameter(Strict):
    parameter: str
    name: str
    key: str


class TriggerAuthentication(Strict):
    secretTargetRef: list[Parameter]  # noqa: N815


def test_kedas_objects_have_its_shapes_and_name_what_exists() -> None:
    doors = {name: TriggerAuthentication(**one["spec"]) for name, one in named("TriggerAuthentication").items()}
    scaled = {name: ScaledObject(**one["spec"]) for name, one in named("ScaledObject").items()}
    assert set(scaled) == {"worker-gpu", "worker-cpu"}
    for name, one in scaled.items():
        assert one.scaleTargetRef.name == name in named("Deployment")
        assert "replicas" not in named("Deployment")[name]["spec"]
        assert 1 <= one.minReplicaCount <= one.fallback.replicas < one.maxReplicaCount
        assert {trigger.authenticationRef.name for trigger in one.triggers} <= set(doors)
    secret = named("Secret")["site"]["stringData"]
    assert all(parameter.key in secret for door in doors.values() for parameter in door.secretTargetRef)


@pytest.mark.django_db
@pytest.mark.parametrize("queue", ["gpu", "cpu"])
def test_the_autoscaler_counts_what_waits_and_what_runs(queue: str) -> None:
    (trigger,) = named("ScaledObject")[f"worker-{queue}"]["spec"]["triggers"]

    def counted() -> int:
        with connection.cursor() as cursor:
            cursor.execute(trigger["metadata"]["query"])
            count: int = cursor.fetchone()[0]
            return count

    run = Run.objects.create(owner="o")
    assert counted() == 0
    for state in State:
        for other in ("gpu", "cpu"):
            Job.objects.create(run=run, owner="o", queue=other, state=state)
    assert counted() == 3
    QueueSwitch.objects.create(queue=queue, paused=False)
    assert counted() == 3
    QueueSwitch.objects.update(paused=True)
    assert counted() == 0


def test_the_kustomization_names_every_file_and_both_images() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}
    assert set(KUSTOMIZATION["resources"]) == files | {"secret.yaml"}
    ignored = (FOLDER.parents[1] / ".gitignore").read_text("utf-8").splitlines()
    assert "deploy/kubernetes/secret.yaml" in ignored
    images = {image["name"] for image in KUSTOMIZATION["images"]}
    assert images == {one["spec"]["containers"][0]["image"] for name, one in PODS.items() if name in OURS}
    assert set(PODS) == OURS | {"postgres", "redis"}


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_without_root_and_writes_only_to_volumes(name: str) -> None:
    spec = PODS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        allowed = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert container["securityContext"] == allowed
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert {"cpu", "memory"} <= set(container["resources"]["limits"])
        assert not container["image"].endswith(":latest")


@pytest.mark.parametrize("name", sorted(set(PODS) - {"prepare"}))
def test_a_pod_says_whether_it_is_well_and_has_longer_to_end_than_it_takes(name: str) -> None:
    spec = PODS[name]["spec"]
    assert "livenessProbe" in spec["containers"][0]
    takes = celery_settings["worker_soft_shutdown_timeout"] if "worker" in name else 10.0
    assert spec.get("terminationGracePeriodSeconds", 30) >= 2 * takes


def test_the_web_server_is_asked_where_it_answers() -> None:
    (container,) = PODS["web"]["spec"]["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    hosts = named("ConfigMap")["site"]["data"]["TESSERA_HOSTS"].split(",")
    sent = {header["value"] for header in container["readinessProbe"]["httpGet"]["httpHeaders"]}
    assert sent <= set(hosts)


def test_every_environment_name_is_one_that_the_project_reads() -> None:
    given = {name for kind in ("ConfigMap", "Secret") for name in named(kind)["site"].get("data", {})}
    given |= set(named("Secret")["site"]["stringData"]) - {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    for name in OURS:
        (container,) = PODS[name]["spec"]["containers"]
        given |= {entry["name"] for entry in container.get("env", [])}
        sources = [next(iter(source.values()))["name"] for source in container["envFrom"]]
        assert sources == ["site", "site"]
    assert given - FOREIGN <= names_read_by_the_project()


def test_every_volume_and_service_that_is_named_exists() -> None:
    claims = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in PODS.values()
        for volume in pod["spec"].get("volumes", [])
        if "persistentVolumeClaim" in volume
    }
    assert claims == set(named("PersistentVolumeClaim"))
    for name, service in named("Service").items():
        assert service["spec"]["selector"].items() <= PODS[name]["metadata"]["labels"].items()
    addresses = named("Secret")["site"]["stringData"]
    hosts = {re.findall(r"@([a-z]+)", addresses[name])[0] for name in ("DATABASE_URL", "REDIS_URL")}
    assert hosts <= set(named("Service"))


def test_workers_reach_the_database_and_redis_and_nothing_else() -> None:
    policies = named("NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name in ("worker-gpu", "worker-cpu", "beat", "prepare"):
        labels = PODS[name]["metadata"]["labels"]
        ways = [
            policy["spec"]["egress"]
            for policy in policies.values()
            if policy["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items()
            and "egress" in policy["spec"]
        ]
        ports = {port["port"] for rules in ways for rule in rules for port in rule["ports"]}
        assert ports == {53, 5432, 6379}
        assert all("ipBlock" not in peer for rules in ways for rule in rules for peer in rule["to"])
