"""Every rule on an overlay holds for ours, and finds each flaw."""

import copy

import pytest
from mutated import DELETE, put

from mainline.check import gateway_pod, groups, model_server, pods, smoke_job, wiring
from mainline.check.manifests import of

pytestmark = pytest.mark.check

RULES = model_server.RULES + pods.RULES + wiring.RULES + smoke_job.RULES + gateway_pod.RULES
SOURCES = ["staging", "production", "gpu", "alone", "challenged"]
POD = "Deployment/spec/template/spec"
SERVER = f"{POD}/containers/0"
GATEWAY = f"{POD}/containers/1"
SETTINGS = "ConfigMap:gateway-settings/data/settings.yaml"
JOB = "Job/spec/template/spec"
AUTOSCALER = {
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "more"},
    "spec": {"scaleTargetRef": {"name": "model-server"}},
}
SECRET = {"kind": "Secret", "metadata": {"name": "token"}}

# rule: what is put where, so that it has to close
FLAWS = {
    "model_by_digest": [
        (f"{POD}/volumes/0/image/reference", "registry.example.com/model:1"),
        (f"{POD}/volumes/0/image/reference", f"registry.example.com/model@sha256:{'a' * 63}"),
        (f"{POD}/volumes/0", {"name": "model", "emptyDir": {}}),
        (f"{POD}/volumes/0/image/pullPolicy", "Always"),
        (f"{SERVER}/volumeMounts/0/readOnly", False),
        (f"{SERVER}/volumeMounts/0/name", "tmp"),
        (f"{JOB}/volumes/0/image/reference", "registry.example.com/model:1"),
    ],
    "no_latest": [
        (f"{SERVER}/image", "docker.io/tensorflow/serving"),
        (f"{SERVER}/image", "docker.io/tensorflow/serving:latest"),
        (f"{SERVER}/image", "serving:2.20.0"),
        (f"{SERVER}/image", "docker.io/tensorflow/serving:2.20.0@sha256:abc"),
        (f"{JOB}/containers/0/image", "registry.example.com/commands:latest"),
    ],
    "probes": [
        (f"{SERVER}/startupProbe", DELETE),
        (f"{SERVER}/readinessProbe", DELETE),
        (f"{SERVER}/livenessProbe", {"httpGet": {"path": "/v1/models/x", "port": 8501}}),
        (f"{SERVER}/livenessProbe/periodSeconds", 1),
        (f"{SERVER}/livenessProbe/grpc/port", 8501),
        (f"{SERVER}/startupProbe/failureThreshold", 1),
        (f"{SERVER}/args/4", "--enable_grpc_healthcheck_service=false"),
    ],
    "shutdown": [
        (f"{SERVER}/lifecycle", DELETE),
        (f"{SERVER}/lifecycle/preStop/sleep/seconds", 32),
        (f"{SERVER}/lifecycle/preStop/sleep/seconds", 38),
        (f"{POD}/terminationGracePeriodSeconds", DELETE),
        (f"{SERVER}/args/11", "--grpc_channel_arguments=grpc.max_connection_age_ms=35000"),
        (f"{SERVER}/args/11", "--grpc_channel_arguments=grpc.max_connection_age_ms=100"),
        (f"{SERVER}/args/11", DELETE),
        (f"{SERVER}/command", DELETE),
        (f"{SERVER}/command", ["/bin/sh", "-c", "tensorflow_model_server"]),
    ],
    "server_flags": [
        (f"{SERVER}/args/6", "--enable_profiler=true"),
        (f"{SERVER}/args/6", "--enable_profiling=false"),
        (f"{SERVER}/args/7", "--max_num_load_retries=5"),
        (f"{SERVER}/args/5", "--monitoring_config_file=/etc/serving/other.config"),
        (f"{SERVER}/volumeMounts/1/mountPath", "/etc/other"),
        ("ConfigMap:server-monitoring/data", {"other.config": ""}),
    ],
    "threads": [
        (f"{SERVER}/args/8", "--tensorflow_intra_op_parallelism=64"),
        (f"{SERVER}/args/9", "--tensorflow_inter_op_parallelism=0"),
        (f"{SERVER}/args/10", "--grpc_max_threads=4"),
        (f"{SERVER}/args/12", "--rest_api_num_threads=1"),
        (f"{SERVER}/resources/limits/cpu", "8"),
        (f"{SERVER}/env/1/valueFrom/resourceFieldRef/resource", "requests.cpu"),
    ],
    "model_name": [
        (f"{SERVER}/args/0", "--model_name=default"),
        (f"{SERVER}/args/1", "--model_base_path=/models/$(MODEL_NAME)"),
        (f"{SERVER}/volumeMounts/0/mountPath", "/models"),
    ],
    "resources": [
        (f"{SERVER}/resources", DELETE),
        (f"{SERVER}/resources/limits/memory", DELETE),
        (f"{JOB}/containers/0/resources/requests/cpu", DELETE),
    ],
    "security": [
        (f"{POD}/securityContext/runAsNonRoot", DELETE),
        (f"{POD}/securityContext/runAsUser", 0),
        (f"{POD}/securityContext/seccompProfile", DELETE),
        (f"{SERVER}/securityContext/readOnlyRootFilesystem", False),
        (f"{SERVER}/securityContext/allowPrivilegeEscalation", DELETE),
        (f"{SERVER}/securityContext/capabilities", {"drop": ["ALL"], "add": ["NET_ADMIN"]}),
        (f"{SERVER}/securityContext/privileged", True),
        (f"{POD}/hostNetwork", True),
        (f"{POD}/enableServiceLinks", DELETE),
        (f"{JOB}/containers/0/securityContext", {}),
    ],
    "volumes": [
        (f"{POD}/volumes/2/emptyDir", {}),
        (f"{POD}/volumes/2/emptyDir/sizeLimit", "1Gi"),
        (f"{POD}/volumes/4/emptyDir/sizeLimit", "1Gi"),
        (f"{POD}/volumes/2/emptyDir", DELETE),
        (f"{POD}/volumes/1", DELETE),
        (f"{POD}/volumes/2", {"name": "tmp", "hostPath": {"path": "/tmp"}}),
        (f"{SERVER}/volumeMounts/2/mountPath", "/scratch"),
    ],
    "no_token": [
        (f"{POD}/automountServiceAccountToken", DELETE),
        (f"{POD}/serviceAccountName", "default"),
        ("ServiceAccount/automountServiceAccountToken", True),
    ],
    "no_role": [("Service", {"kind": "RoleBinding", "metadata": {}})],
    "no_secret": [("Service", SECRET)],
    "budgets": [
        ("PodDisruptionBudget/spec/maxUnavailable", 0),
        ("PodDisruptionBudget/spec/selector/matchLabels/app.kubernetes.io~1name", "other"),
        ("PodDisruptionBudget/spec/selector/matchLabels", {}),
        ("PodDisruptionBudget/spec/unhealthyPodEvictionPolicy", DELETE),
        ("PodDisruptionBudget", SECRET),
    ],
    "replicas": [
        ("Service", AUTOSCALER),
        ("Deployment/spec/replicas", DELETE),
        ("HorizontalPodAutoscaler/spec/scaleTargetRef/name", "other"),
    ],
    "rollout": [
        ("Deployment/spec/strategy", DELETE),
        ("Deployment/spec/strategy/rollingUpdate/maxUnavailable", 1),
        ("Deployment/spec/strategy", {"type": "Recreate"}),
        ("Deployment/spec/progressDeadlineSeconds", DELETE),
        ("Deployment/spec/progressDeadlineSeconds", 60),
    ],
    "autoscaling": [
        ("HorizontalPodAutoscaler/spec/minReplicas", DELETE),
        ("HorizontalPodAutoscaler/spec/minReplicas", 99),
        ("HorizontalPodAutoscaler/spec/metrics", DELETE),
        ("HorizontalPodAutoscaler/spec/metrics/0/resource/name", "memory"),
        ("HorizontalPodAutoscaler/spec/metrics/0/resource/target/averageUtilization", 100),
        ("HorizontalPodAutoscaler/spec/behavior/scaleDown", DELETE),
        ("HorizontalPodAutoscaler/spec/behavior/scaleUp/stabilizationWindowSeconds", 3600),
    ],
    "smoke_asks": [
        ("Job/metadata/name", "smoke-1"),
        (f"{JOB}/containers/0/command", ["/bin/true", "--"]),
        (f"{JOB}/containers/0/args/0", "version"),
        (f"{JOB}/containers/0/args/1", "http://model-server:8501"),
        (f"{JOB}/containers/0/args/1", "http://smoke.production:8501"),
        (f"{JOB}/containers/0/env/0/value", DELETE),
        (f"{JOB}/containers/0/env/1/value", "2"),
        (f"{JOB}/containers/0/env/2/value", "/models"),
        ("Service:smoke/metadata/name", "other"),
        ("Service:smoke/spec/selector", {"app.kubernetes.io/name": "model-server"}),
        ("Deployment/spec/template/metadata/labels/release~1smoke", "smoke-version"),
    ],
    "smoke_ends": [
        ("Job/spec/backoffLimit", DELETE),
        ("Job/spec/backoffLimit", 1),
        ("Job/spec/podFailurePolicy", DELETE),
        ("Job/spec/activeDeadlineSeconds", DELETE),
        ("Job/spec/activeDeadlineSeconds", 430),
        ("Job/spec/activeDeadlineSeconds", 7200),
        ("Job/spec/ttlSecondsAfterFinished", 86400),
        (f"{JOB}/restartPolicy", "OnFailure"),
        (f"{JOB}/terminationGracePeriodSeconds", DELETE),
        (f"{JOB}/containers/0/args", ["smoke", "http://smoke:8501"]),
        (f"{JOB}/containers/0/args/3", "60"),
    ],
    "spread": [
        (f"{POD}/topologySpreadConstraints", DELETE),
        (f"{POD}/topologySpreadConstraints/0/topologyKey", "rack"),
        (f"{POD}/topologySpreadConstraints/1/labelSelector", {"matchLabels": {}}),
        (f"{POD}/topologySpreadConstraints/0/whenUnsatisfiable", "DoNotSchedule"),
    ],
    "selectors": [
        ("Deployment/spec/selector/matchLabels/app.kubernetes.io~1version", "1"),
        ("Deployment/spec/template/metadata/labels/app.kubernetes.io~1name", "other"),
    ],
    "services": [
        ("Service/spec/selector/app.kubernetes.io~1name", "other"),
        ("Service/spec/selector", {"app.kubernetes.io/instance": "staging"}),
        ("Service/spec/ports/0/targetPort", "metrics"),
        ("Service/spec/ports/0", DELETE),
        ("Service/spec/ports/0/port", 80),
        ("Service/spec/ports/1", DELETE),
        ("Service/spec/ports/0/appProtocol", DELETE),
        (f"{GATEWAY}/args/3", "--grpc-port=9000"),
        (f"{GATEWAY}/ports", DELETE),
    ],
    "monitors": [
        (
            "ConfigMap:server-monitoring/data/monitoring.config",
            'path: "/monitoring/prometheus/metrics"',
        ),
        ("PodMonitor:model-server/spec/podMetricsEndpoints/0/path", "/metrics"),
        ("PodMonitor:model-server/spec/podMetricsEndpoints/0/port", "metrics"),
        ("PodMonitor:model-server/spec/podMetricsEndpoints", []),
        ("PodMonitor:model-server/spec/podTargetLabels/0", DELETE),
        ("PodMonitor:model-server/spec/podTargetLabels", ["app.kubernetes.io/version"]),
        ("PodMonitor:model-server/spec/podTargetLabels/0", "app.kubernetes.io/revision"),
        ("PodMonitor:model-server/spec/selector/matchLabels/app.kubernetes.io~1name", "other"),
        ("PodMonitor:model-server/spec/podMetricsEndpoints/0/port", "http"),
        ("PodMonitor:gateway/spec/podMetricsEndpoints/0/path", "/monitoring/prometheus/metrics"),
        ("PodMonitor:gateway/spec/podMetricsEndpoints/0/port", "server-http"),
    ],
    "one_wave": [
        ("Service/metadata/annotations", {"argocd.argoproj.io/hook": "PreSync"}),
        ("Service/metadata/annotations", {"argocd.argoproj.io/sync-wave": "1"}),
        ("Service/metadata/annotations", {"argocd.argoproj.io/sync-options": "PruneLast=true"}),
    ],
    "behind_gateway": [
        (f"{SERVER}/args/2", "--port=8500"),
        (f"{SERVER}/args/3", "--rest_api_port=8501"),
        (f"{GATEWAY}/args/6", "--upstream-grpc=127.0.0.1:8500"),
        (f"{GATEWAY}/args/7", "--upstream-rest=http://model-server:8511"),
        (f"{GATEWAY}/readinessProbe", {"httpGet": {"path": "/healthz", "port": "metrics"}}),
        (f"{GATEWAY}/livenessProbe", {"grpc": {"port": 8500}}),
        (f"{GATEWAY}/startupProbe/httpGet/path", "/"),
    ],
    "gateway_settings": [
        (SETTINGS, "log: {sampel: 0.5}"),
        (SETTINGS, "log: {sample: 2}"),
        (SETTINGS, "routes: {shadow: 0.1, split: {by: header}}"),
        (SETTINGS, "log: ["),
    ],
    "gateway_drains": [
        (f"{GATEWAY}/lifecycle", DELETE),
        (f"{GATEWAY}/lifecycle/preStop/sleep/seconds", 30),
        (f"{SERVER}/lifecycle/preStop/sleep/seconds", 12),
        (f"{POD}/terminationGracePeriodSeconds", 35),
        (SETTINGS, "log: {drain_seconds: 60}"),
    ],
    "gateway_spool": [
        (f"{POD}/volumes/4/emptyDir/sizeLimit", "512Mi"),
        (f"{POD}/volumes/4/emptyDir", {}),
        (f"{GATEWAY}/volumeMounts/1/mountPath", "/other"),
        (SETTINGS, "log: {spool_mb: 2048}"),
        (SETTINGS, "{}"),
    ],
    "gateway_store": [
        ("ConfigMap:gateway-store/data", {"BUCKET": "x"}),
        ("ConfigMap:gateway-store/data/STORE", "my-bucket/requests"),
        ("ConfigMap:gateway-store/metadata/name", "other"),
        ("NetworkPolicy:store/metadata/name", "other"),
    ],
    "identity": [
        ("Service/metadata/labels", {}),
        ("Service/metadata/namespace", "default"),
        ("Deployment/spec/template/metadata/labels/app.kubernetes.io~1instance", DELETE),
    ],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("source", SOURCES)
def test_the_rule_holds(rendered, source, rule):
    assert list(rule(rendered.overlays()[source])) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_finds_each_flaw(rendered, rule):
    assert FLAWS[rule.__name__], "every rule needs a flaw that it finds"
    overlays = rendered.overlays()
    for path, value in FLAWS[rule.__name__]:
        # staging has the smoke Job, production the autoscaler
        changed = copy.deepcopy(overlays["staging"])
        if not put(changed, path, value):
            changed = copy.deepcopy(overlays["production"])
            assert put(changed, path, value)
        try:
            found = list(rule(changed))
        except groups.UNREAD:  # a finding, too: test_check_command.py
            continue
        assert found, f"{path} = {value}"


@pytest.mark.parametrize("kind", ["Pod", "StatefulSet", "DaemonSet", "CronJob", "Rollout"])
def test_pods_of_the_project_s_own_are_held_to_the_rules_too(rendered, kind):
    objects = rendered.overlays()["staging"]
    pod = {"spec": {"containers": [{"name": "mine", "image": "mine:latest"}]}}
    spec = {"jobTemplate": {"spec": {"template": pod}}} if kind == "CronJob" else {"template": pod}
    mine = pod if kind == "Pod" else {"spec": spec}
    objects.append(mine | {"kind": kind, "metadata": {"name": "mine"}})
    assert "container mine has the image mine:latest" in list(pods.no_latest(objects))
    assert "container mine has runAsUser: None" in list(pods.security(objects))


def test_a_rule_on_no_server_cannot_be_read(rendered):
    services = of(rendered.overlays()["staging"], "Service")
    with pytest.raises(LookupError, match="no container is named `server`"):
        list(model_server.probes(services))
