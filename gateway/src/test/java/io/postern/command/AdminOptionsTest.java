package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.setting.SettingException;
import io.postern.store.FirstStart;
import io.postern.testing.TestGateway;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How commands find a gateway, prove who they are, and tell what it refuses. */
class AdminOptionsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static TestGateway gateway;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Command(name = "probe")
  private static final class Probe {
    @Mixin private AdminOptions options;
  }

  private static AdminClient connect(Map<String, String> environment, String... args) {
    CommandLine command = new CommandLine(new Probe());
    Map<String, String> all = new HashMap<>(environment);
    all.put("POSTERN_ADMIN_URL", gateway.managementUri("/admin/v1").toString());
    command.setDefaultValueProvider(new Environment(all));
    command.parseArgs(
        Stream.concat(Stream.of("--issuer=" + gateway.issuer()), Stream.of(args))
            .toArray(String[]::new));
    return ((Probe) command.getCommand()).options.connect();
  }

  private static AdminClient administrator() {
    return connect(
        Map.of("POSTERN_CLIENT_SECRET", TestGateway.ADMIN_SECRET),
        "--client-id=" + FirstStart.ADMINISTRATOR);
  }

  @Test
  void secretInEnvironment_getsATokenItself() {
    try (AdminClient client = administrator()) {
      assertThat(client.get("agents", FirstStart.ADMINISTRATOR).path("client_id").asText())
          .isEqualTo(FirstStart.ADMINISTRATOR);
    }
  }

  @Test
  void keyFile_signsAnAssertion() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    try (AdminClient admin = administrator()) {
      admin
          .call("POST", "agents", FirstStart.ADMINISTRATOR, "keys")
          .body(JSON.createObjectNode().set("jwk", JSON.readTree(key.toPublicJWK().toString())))
          .send();
    }
    List<Path> files = new ArrayList<>();
    files.add(Files.writeString(directory.resolve("key.json"), key.toString()));
    files.add(Files.writeString(directory.resolve("key.pem"), pem(key)));
    for (Path file : files) {
      try (AdminClient client =
          connect(
              Map.of(), "--client-id=" + FirstStart.ADMINISTRATOR, "--client-key-file=" + file)) {
        assertThat(client.get("signing-keys").path("items")).as(file.toString()).isNotEmpty();
      }
    }
  }

  @Test
  void refusal_saysTitleDetailAndEachPointer() {
    try (AdminClient client = administrator()) {
      assertThatThrownBy(
              () ->
                  client
                      .call("POST", "agents")
                      .body(JSON.createObjectNode().put("nmae", "x").put("audience", "a b"))
                      .send())
          .isInstanceOf(CommandFailedException.class)
          .hasMessageContainingAll(
              "Invalid content (422): The content is not valid; see errors.\n",
              "\n  /name: is required",
              "\n  /nmae: is unknown",
              "\n  /audience: must be a string of 1 to 255");
    }
  }

  @Test
  void wrongSecret_isToldWithoutIt() {
    try (AdminClient client =
        connect(Map.of("POSTERN_CLIENT_SECRET", "not-the-secret"), "--client-id=postern-admin")) {
      assertThatThrownBy(() -> client.get("agents"))
          .isInstanceOf(CommandFailedException.class)
          .hasMessageContainingAll("postern-admin no token", "invalid_client")
          .hasMessageNotContaining("not-the-secret");
    }
  }

  @Test
  void nobodyListens_isOneLine() {
    String nowhere = "http://127.0.0.1:" + TestGateway.freePort();
    try (AdminClient client =
        connect(Map.of("POSTERN_ADMIN_TOKEN", "t"), "--admin-url=" + nowhere + "/admin/v1")) {
      assertThatThrownBy(() -> client.get("agents"))
          .isInstanceOf(CommandFailedException.class)
          .hasMessage(
              nowhere
                  + " cannot be reached: the connection is refused; is the gateway running there?");
    }
  }

  @Test
  void noCredentials_elsewhereThanThisMachine_areAskedFor() {
    assertThatThrownBy(() -> connect(Map.of(), "--token-url=https://gateway.example/oauth2/token"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("POSTERN_CLIENT_ID");
  }

  private static String pem(ECKey key) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(new JcaPKCS8Generator(key.toKeyPair().getPrivate(), null));
      pem.writeObject(key.toKeyPair().getPublic());
    }
    return text.toString();
  }
}
