package io.postern.store;

import io.postern.setting.Secrets;
import io.postern.setting.SettingException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The first administrator. */
public final class AdministratorOptions {
  private static final Logger LOG = LoggerFactory.getLogger(AdministratorOptions.class);
  // RFC 3986 §2.3, unreserved characters
  private static final Pattern FIT_SECRET = Pattern.compile("[A-Za-z0-9._~-]{32,}");

  @Option(
      names = "--bootstrap-admin-secret",
      paramLabel = "SECRET",
      description =
          "On a database without an administrator: creates the agent postern-admin with this"
              + " secret and full rights on the admin API.")
  @Nullable String secret;

  @Option(
      names = "--bootstrap-admin-secret-file",
      paramLabel = "FILE",
      description = "The file that holds it.")
  @Nullable Path secretFile;

  /**
   * The first administrator's secret, or null.
   *
   * @throws SettingException when it is given twice, blank, or in a file that cannot be read
   */
  public @Nullable String findSecret() {
    String found = Secrets.find("POSTERN_BOOTSTRAP_ADMIN_SECRET", secret, secretFile);
    if (found != null && !FIT_SECRET.matcher(found).matches()) {
      LOG.warn(
          "POSTERN_BOOTSTRAP_ADMIN_SECRET is short, or has characters that clients must form-encode"
              + " in the Basic header; better: openssl rand -hex 32");
    }
    return found;
  }
}
