package io.postern.store.database;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the question mark of a database URL: parameters of libpq (PostgreSQL 18,
 * §32.1.2), each taken as libpq takes it or refused, so that none is passed over.
 *
 * @param tls whether and how TLS is spoken
 * @param applicationName what PostgreSQL shows connections as, each with its task behind it
 * @param connectTimeout how long the connection to one host may take
 * @param options command-line options of the session, or null
 */
record DatabaseParameters(
    DatabaseTls tls, String applicationName, Duration connectTimeout, @Nullable String options) {
  private static final Set<String> HONOURED =
      Set.of(
          "sslmode",
          "sslrootcert",
          "sslcert",
          "sslkey",
          "application_name",
          "connect_timeout",
          "target_session_attrs",
          "options");

  /** Parameters that are taken with these values, which change nothing here. */
  private static final Map<String, Set<String>> AS_IT_IS =
      Map.of(
          "channel_binding", Set.of("prefer"),
          "client_encoding", Set.of("auto", "UTF8", "utf8"),
          "gssencmode", Set.of("disable", "prefer"),
          "load_balance_hosts", Set.of("disable"),
          "sslnegotiation", Set.of("postgres"));

  private static final Map<String, String> WHY_NOT =
      Map.of(
          "channel_binding",
          "it is used where the server offers it, but cannot be insisted on;"
              + " sslmode=verify-full makes sure of the server",
          "search_path",
          "name the schema with POSTERN_DATABASE_SCHEMA",
          "currentSchema",
          "name the schema with POSTERN_DATABASE_SCHEMA");

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final int LONGEST_TIMEOUT_SECONDS = 60;

  /**
   * Reads the parameters.
   *
   * @throws IllegalArgumentException naming the one that is not taken
   */
  static DatabaseParameters parse(Map<String, String> parameters) {
    for (String name : new TreeSet<>(parameters.keySet())) {
      refuseUnknown(name, String.valueOf(parameters.get(name)));
    }
    requireWriting(parameters.getOrDefault("target_session_attrs", "read-write"));
    return new DatabaseParameters(
        DatabaseTls.parse(
            sslMode(parameters),
            file(parameters, "sslrootcert"),
            file(parameters, "sslcert"),
            file(parameters, "sslkey")),
        parameters.getOrDefault("application_name", "postern"),
        timeout(parameters.get("connect_timeout")),
        parameters.get("options"));
  }

  private static void refuseUnknown(String name, String value) {
    if (HONOURED.contains(name) || name.equals("ssl")) {
      return;
    }
    Set<String> fit = AS_IT_IS.getOrDefault(name, Set.of());
    if (fit.contains(value)) {
      return;
    }
    String known =
        Stream.concat(HONOURED.stream(), AS_IT_IS.keySet().stream())
            .sorted()
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        fit.isEmpty()
            ? "the parameter %s is not known here: %s"
                .formatted(name, WHY_NOT.getOrDefault(name, "there are " + known))
            : "%s=%s cannot be done: %s"
                .formatted(
                    name,
                    value,
                    WHY_NOT.getOrDefault(name, "take " + String.join(" or ", new TreeSet<>(fit)))));
  }

  // As libpq, for URLs that were written for JDBC: ssl=true is sslmode=require.
  private static @Nullable String sslMode(Map<String, String> parameters) {
    String ssl = parameters.get("ssl");
    String mode = parameters.get("sslmode");
    if (ssl == null) {
      return mode;
    }
    if (!ssl.equals("true") || mode != null) {
      throw new IllegalArgumentException(
          "ssl=true alone is known, which is sslmode=require; name an sslmode instead");
    }
    return "require";
  }

  // Postern writes: it goes to a server that can be written to, whatever the URL says.
  private static void requireWriting(String attributes) {
    if (!Set.of("any", "read-write", "primary").contains(attributes)) {
      throw new IllegalArgumentException(
          "target_session_attrs=%s cannot be done: Postern writes; leave it out, or take read-write"
              .formatted(attributes));
    }
  }

  private static @Nullable String file(Map<String, String> parameters, String name) {
    String file = parameters.get(name);
    if (file != null
        && !(name.equals("sslrootcert") && file.equals(DatabaseTls.SYSTEM_ROOTS))
        && !Files.isReadable(Path.of(file))) {
      throw new IllegalArgumentException("%s: the file %s cannot be read".formatted(name, file));
    }
    return file;
  }

  private static Duration timeout(@Nullable String seconds) {
    if (seconds == null) {
      return DEFAULT_TIMEOUT;
    }
    if (!seconds.matches("[0-9]{1,2}")
        || Integer.parseInt(seconds) < 1
        || Integer.parseInt(seconds) > LONGEST_TIMEOUT_SECONDS) {
      throw new IllegalArgumentException(
          "connect_timeout=%s is not from 1 to %d seconds"
              .formatted(seconds, LONGEST_TIMEOUT_SECONDS));
    }
    return Duration.ofSeconds(Integer.parseInt(seconds));
  }
}
