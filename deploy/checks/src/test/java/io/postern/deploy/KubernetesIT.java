package io.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What {@code kubectl apply -k} would send, against the Kubernetes API's own types. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubernetesIT {
  private static final Path FOLDER = Tool.DEPLOY.resolve("kubernetes");
  private static final Map<String, Class<? extends HasMetadata>> TYPES =
      Map.ofEntries(
          Map.entry("v1/Namespace", Namespace.class),
          Map.entry("v1/ServiceAccount", ServiceAccount.class),
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("apps/v1/Deployment", Deployment.class),
          Map.entry("batch/v1/Job", Job.class),
          Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class));

  private final ObjectMapper strict = new ObjectMapper();
  private final List<HasMetadata> resources = new ArrayList<>();

  /** Members that a type does not know go nowhere, instead of among its additional properties. */
  private static final class NoAnySetter extends JacksonAnnotationIntrospector {
    @Serial private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }

  @BeforeAll
  void build() throws JsonProcessingException {
    strict.setAnnotationIntrospector(new NoAnySetter());
    strict.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    for (JsonNode document :
        Yaml.documents(Tool.named("kubectl").run("kustomize", FOLDER.toString()))) {
      String kind = document.get("apiVersion").asText() + "/" + document.get("kind").asText();
      assertThat(TYPES).as("the kinds that are checked").containsKey(kind);
      resources.add(strict.treeToValue(document, TYPES.get(kind)));
    }
  }

  @Test
  void everyFile_isApplied() throws Exception {
    List<String> listed = new ArrayList<>();
    Yaml.read(FOLDER.resolve("kustomization.yaml"))
        .get("resources")
        .forEach(file -> listed.add(file.asText()));
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(
              file -> !List.of("kustomization.yaml", "prometheus-adapter.yaml").contains(file))
          .containsExactlyInAnyOrderElementsOf(listed);
    }
    assertThat(resources)
        .allMatch(
            one ->
                !Namespace.class.isInstance(one)
                    ? one.getMetadata().getNamespace().equals("postern")
                    : true);
  }

  @Test
  void selectors_meetThePodsThatTheyAreMeantFor() {
    Map<String, String> gateway = gateway().getMetadata().getLabels();
    Map<String, String> migration =
        only(Job.class).getSpec().getTemplate().getMetadata().getLabels();
    Deployment deployment = only(Deployment.class);
    assertThat(gateway).containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
    all(Service.class)
        .forEach(
            service -> {
              assertThat(gateway).containsAllEntriesOf(service.getSpec().getSelector());
              assertThat(service.getSpec().getPorts())
                  .allSatisfy(
                      port -> assertThat(portNames()).contains(port.getTargetPort().getStrVal()));
            });
    assertThat(gateway)
        .containsAllEntriesOf(
            only(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels());
    assertThat(all(NetworkPolicy.class))
        .extracting(policy -> policy.getSpec().getPodSelector().getMatchLabels())
        .allSatisfy(
            labels ->
                assertThat(Stream.of(gateway, migration))
                    .filteredOn(pod -> pod.entrySet().containsAll(labels.entrySet()))
                    .hasSize(1))
        .hasSize(2);
    var target = only(HorizontalPodAutoscaler.class).getSpec().getScaleTargetRef();
    assertThat(target.getName()).isEqualTo(deployment.getMetadata().getName());
    ServiceMonitor monitor = only(ServiceMonitor.class);
    assertThat(all(Service.class))
        .filteredOn(
            service ->
                service
                    .getMetadata()
                    .getLabels()
                    .entrySet()
                    .containsAll(monitor.getSpec().getSelector().getMatchLabels().entrySet()))
        .singleElement()
        .satisfies(
            service ->
                assertThat(service.getSpec().getPorts())
                    .extracting("name")
                    .contains(monitor.getSpec().getEndpoints().getFirst().getPort()));
  }

  @Test
  void management_isForPrometheusAndAdministratorsAlone() {
    NetworkPolicy policy =
        all(NetworkPolicy.class)
            .filter(one -> one.getMetadata().getName().equals("postern-gateway"))
            .findFirst()
            .orElseThrow();
    assertThat(policy.getSpec().getIngress())
        .filteredOn(
            rule ->
                rule.getPorts().isEmpty()
                    || rule.getPorts().stream()
                        .anyMatch(port -> !port.getPort().equals(new IntOrString("http"))))
        .singleElement()
        .satisfies(
            rule ->
                assertThat(rule.getFrom())
                    .hasSize(2)
                    .allSatisfy(
                        peer -> assertThat(peer.getPodSelector().getMatchLabels()).isNotEmpty()));
  }

  @Test
  void pods_areRestricted_andKeepSecretsOutOfTheirSpecification() {
    for (PodTemplateSpec pod : List.of(gateway(), only(Job.class).getSpec().getTemplate())) {
      var spec = pod.getSpec();
      assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(spec.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      assertThat(spec.getAutomountServiceAccountToken()).isFalse();
      assertThat(spec.getEnableServiceLinks()).isFalse();
      Container container = spec.getContainers().getFirst();
      var context = container.getSecurityContext();
      assertThat(context.getAllowPrivilegeEscalation()).isFalse();
      assertThat(context.getReadOnlyRootFilesystem()).isTrue();
      assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
      assertThat(container.getResources().getLimits()).containsKey("memory");
      assertThat(container.getEnv())
          .extracting(EnvVar::getName)
          .allMatch(name -> name.endsWith("_FILE"));
      assertThat(container.getImage()).startsWith("registry.example.com/postern:");
    }
  }

  @Test
  void probes_areOnPortsThatAreThere_andTheStopHasTimeToDrain() {
    Container container = gateway().getSpec().getContainers().getFirst();
    assertThat(
            Stream.of(
                container.getStartupProbe(),
                container.getReadinessProbe(),
                container.getLivenessProbe()))
        .allSatisfy(
            probe -> assertThat(portNames()).contains(probe.getHttpGet().getPort().getStrVal()));
    Map<String, String> settings = only(ConfigMap.class).getData();
    long drain = java.time.Duration.parse(settings.get("POSTERN_DRAIN_DELAY")).toSeconds() + 20;
    assertThat(gateway().getSpec().getTerminationGracePeriodSeconds()).isGreaterThan(drain);
    long notice =
        (long) container.getReadinessProbe().getPeriodSeconds()
            * container.getReadinessProbe().getFailureThreshold();
    assertThat(drain - 20).isGreaterThan(notice);
  }

  @Test
  void settings_areThoseOfTheGateway() {
    String help =
        Tool.script(Tool.REPOSITORY.resolve("gateway/target/postern/bin/postern"))
            .run("serve", "--help");
    assertThat(only(ConfigMap.class).getData().keySet())
        .filteredOn(name -> !name.equals("POSTERN_JAVA_OPTS"))
        .allSatisfy(
            name ->
                assertThat(help)
                    .contains(
                        "--"
                            + name.substring("POSTERN_".length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '-')));
  }

  private PodTemplateSpec gateway() {
    return only(Deployment.class).getSpec().getTemplate();
  }

  private List<String> portNames() {
    return gateway().getSpec().getContainers().getFirst().getPorts().stream()
        .map(port -> port.getName())
        .toList();
  }

  private <T> Stream<T> all(Class<T> type) {
    return resources.stream().filter(type::isInstance).map(type::cast);
  }

  private <T> T only(Class<T> type) {
    List<T> found = all(type).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }
}
