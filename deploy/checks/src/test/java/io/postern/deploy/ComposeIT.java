package io.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** compose.yaml as Docker Compose reads it, and the secrets that it mounts. */
class ComposeIT {
  private static final Path SECRETS = Tool.DEPLOY.resolve("secrets");

  private final JsonNode compose =
      Yaml.documents(
              Tool.named("docker-compose")
                  .run("-f", Tool.DEPLOY.resolve("compose.yaml").toString(), "config"))
          .getFirst();

  @Test
  void services_readSecretsFromFilesAlone_andMountOnlyWhatIsThere() {
    assertThat(compose.get("services").properties()).hasSize(6);
    compose
        .get("services")
        .properties()
        .forEach(
            service -> {
              JsonNode spec = service.getValue();
              names(spec.path("environment"))
                  .filter(name -> name.matches(".*(PASSWORD|SECRET|KEY|DATABASE_URL)"))
                  .forEach(name -> assertThat(name).as(service.getKey()).isEmpty());
              spec.path("volumes")
                  .forEach(
                      volume -> {
                        String source =
                            volume.isTextual()
                                ? volume.asText().split(":", 2)[0]
                                : volume.get("source").asText();
                        if (source.startsWith("/")) {
                          assertThat(Path.of(source)).as(service.getKey()).exists();
                        }
                      });
            });
  }

  @Test
  void gateway_isConfined_andHasTimeToDrain() {
    JsonNode gateway = compose.get("services").get("gateway");
    assertThat(gateway.get("read_only").asBoolean()).isTrue();
    assertThat(gateway.get("cap_drop").get(0).asText()).isEqualTo("ALL");
    assertThat(gateway.get("stop_grace_period").asText()).isEqualTo("30s");
    assertThat(gateway.get("environment").get("POSTERN_DRAIN_DELAY").asText()).isEqualTo("PT3S");
    assertThat(gateway.get("deploy").get("replicas").asInt()).isEqualTo(3);
    assertThat(gateway.has("ports")).as("only HAProxy is reached from outside").isFalse();
  }

  @Test
  void secrets_areMadeOnce_andAreThoseOfTheComposeFile(@TempDir Path folder) throws Exception {
    Path script =
        Files.copy(SECRETS, folder.resolve("secrets"), StandardCopyOption.COPY_ATTRIBUTES);
    assertThat(Tool.script(script).run().lines()).hasSize(5);
    Map<String, String> made = contents(folder.resolve(".secrets"));
    assertThat(Tool.script(script).run()).isEmpty();
    assertThat(contents(folder.resolve(".secrets"))).isEqualTo(made);

    Set<String> declared = new TreeSet<>();
    compose
        .get("secrets")
        .forEach(
            secret -> declared.add(Path.of(secret.get("file").asText()).getFileName().toString()));
    assertThat(made.keySet()).isEqualTo(declared);
    assertThat(made.get("database-url")).contains(":" + made.get("postgres-password") + "@");
    assertThat(java.util.Base64.getDecoder().decode(made.get("master-key"))).hasSize(32);
    assertThat(Files.getPosixFilePermissions(folder.resolve(".secrets")))
        .as("closed to others")
        .hasSize(3);
  }

  @Test
  void loadBalancer_takesItsConfiguration() {
    Tool.named("haproxy").run("-c", "-f", Tool.DEPLOY.resolve("haproxy/haproxy.cfg").toString());
  }

  private static Stream<String> names(JsonNode environment) {
    List<String> names = new ArrayList<>();
    if (environment.isArray()) {
      environment.forEach(entry -> names.add(entry.asText().split("=", 2)[0]));
    } else {
      environment.fieldNames().forEachRemaining(names::add);
    }
    return names.stream();
  }

  private static Map<String, String> contents(Path folder) throws Exception {
    Map<String, String> contents = new java.util.TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readString(file).strip());
      }
    }
    return contents;
  }
}
