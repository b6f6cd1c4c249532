package io.postern.store.database;

import io.postern.store.database.ServerCertificateTrust.UntrustedServerException;
import io.vertx.pgclient.PgException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Why something failed with PostgreSQL, in one line: its own words, and what to do. */
public final class FailureReason {
  /** By SQLSTATE, what the operator can do. */
  private static final Map<String, String> ADVICE =
      Map.of(
          "08P01",
              "a pooler in between must let it pass (pgbouncer: ignore_startup_parameters); for"
                  + " search_path, leave POSTERN_DATABASE_SCHEMA out: alter role … set search_path"
                  + " = …",
          "25006", "Postern writes: name the primary",
          "28000", "look at the user of POSTERN_DATABASE_URL, and at pg_hba.conf",
          "28P01", "look at user and password of POSTERN_DATABASE_URL",
          "3D000", "make it with: create database … encoding 'UTF8' template template0",
          "42501", "run postern migrate as a role that owns the database, or grant it the right",
          "53300", "raise max_connections: a gateway takes up to 11",
          "57P03", "try again when it has started");

  private FailureReason() {}

  /** The reason, without secrets. */
  public static String of(Throwable failure) {
    Throwable root = failure;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      root = e;
      switch (e) {
        case UntrustedServerException untrusted -> {
          return String.valueOf(untrusted.getMessage());
        }
        case PgException said -> {
          return said(said.getErrorMessage(), said.getSqlState());
        }
        case PSQLException said when said.getServerErrorMessage() != null -> {
          ServerErrorMessage message = said.getServerErrorMessage();
          return said(message == null ? null : message.getMessage(), said.getSQLState());
        }
        default -> {}
      }
    }
    String message = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    return switch (root) {
      case UnknownHostException e -> "there is no such host: " + message;
      case TimeoutException e -> "no answer in time";
      default -> message.isBlank() || message.equals("null") ? root.getClass().getName() : message;
    };
  }

  private static String said(@Nullable String message, @Nullable String state) {
    String advice = ADVICE.get(String.valueOf(state));
    return "PostgreSQL says: %s (%s)%s"
        .formatted(message, state, advice == null ? "" : "; " + advice);
  }
}
