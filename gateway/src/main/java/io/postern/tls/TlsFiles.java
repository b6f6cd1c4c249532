package io.postern.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of one listener.
 *
 * @param certificates its own certificate first, then those that vouch for it
 * @param privateKey of its own certificate
 * @param clientAuthorities the roots of client certificates, or null when none are asked for
 */
public record TlsFiles(Path certificates, Path privateKey, @Nullable Path clientAuthorities) {}
