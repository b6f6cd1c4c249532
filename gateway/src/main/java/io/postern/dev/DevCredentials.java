package io.postern.dev;

import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import io.postern.store.DemoTopology;
import io.postern.store.FirstStart;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What {@code postern dev} generates at its first start, kept in files that only their owner can
 * read. Each file is on the disk before anything depends on it, whole or not at all.
 */
public final class DevCredentials {
  private static final int SECRET_BYTES = 32;
  private static final String SHOWN = "shown";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final String masterKey;
  private final String administratorSecret;
  private final String agentSecret;

  private DevCredentials(
      Path directory, String masterKey, String administratorSecret, String agentSecret) {
    this.directory = directory;
    this.masterKey = masterKey;
    this.administratorSecret = administratorSecret;
    this.agentSecret = agentSecret;
  }

  /**
   * The credentials of a data directory, made if this is its first start.
   *
   * @param administratorSecret taken for the administrator if it is made now; null: one is made
   */
  public static DevCredentials readOrCreate(
      Path dataDirectory, @Nullable String administratorSecret) throws IOException {
    Path directory = directoryOf(dataDirectory);
    if (!Files.exists(directory)) {
      Files.createDirectory(directory, asFileAttribute(fromString("rwx------")));
    }
    byte[] key = new byte[SECRET_BYTES];
    RANDOM.nextBytes(key);
    createUnlessPresent(directory, "master-key", Base64.getEncoder().encodeToString(key));
    createUnlessPresent(
        directory,
        FirstStart.ADMINISTRATOR,
        FirstStart.ADMINISTRATOR
            + ":"
            + (administratorSecret == null ? newSecret() : administratorSecret));
    createUnlessPresent(directory, DemoTopology.AGENT, DemoTopology.AGENT + ":" + newSecret());
    return read(directory);
  }

  /**
   * The credentials that were made before.
   *
   * @throws NoSuchFileException when there are none
   */
  public static DevCredentials require(Path dataDirectory) throws IOException {
    return read(directoryOf(dataDirectory));
  }

  /** Base64 of 32 bytes. */
  public String masterKey() {
    return masterKey;
  }

  public String administratorSecret() {
    return administratorSecret;
  }

  public String agentSecret() {
    return agentSecret;
  }

  /** Whether a start has shown them before. */
  public boolean wereShown() {
    return Files.exists(directory.resolve(SHOWN));
  }

  /** Notes that they were shown. */
  public void markShown() throws IOException {
    createUnlessPresent(directory, SHOWN, "");
  }

  /** The file that holds the demo agent's id and secret, as curl's {@code -u} takes them. */
  public Path agentFile() {
    return directory.resolve(DemoTopology.AGENT);
  }

  /** Shows them to the person at the terminal; they are for nothing else. */
  public void print(PrintStream out) {
    out.printf(
        """
        Credentials (kept in %s):
          administrator   client_id %s   client_secret %s
          demo agent      client_id %s   client_secret %s
        """,
        directory, FirstStart.ADMINISTRATOR, administratorSecret, DemoTopology.AGENT, agentSecret);
  }

  @Override
  public String toString() {
    return "DevCredentials[directory=" + directory + "]";
  }

  private static Path directoryOf(Path dataDirectory) {
    return dataDirectory.resolve("credentials");
  }

  private static DevCredentials read(Path directory) throws IOException {
    return new DevCredentials(
        directory,
        Files.readString(directory.resolve("master-key")).strip(),
        secretIn(directory.resolve(FirstStart.ADMINISTRATOR)),
        secretIn(directory.resolve(DemoTopology.AGENT)));
  }

  private static String secretIn(Path file) throws IOException {
    String pair = Files.readString(file).strip();
    return pair.substring(pair.indexOf(':') + 1);
  }

  private static void createUnlessPresent(Path directory, String name, String content)
      throws IOException {
    Path file = directory.resolve(name);
    if (Files.exists(file)) {
      return;
    }
    Path draft = directory.resolve(name + ".new");
    Files.deleteIfExists(draft);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            asFileAttribute(fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap((content + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }

  private static String newSecret() {
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }
}
