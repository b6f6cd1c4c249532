package io.postern.admin.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.AdminRequest;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.JsonFields;
import io.postern.admin.protocol.Page;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Rfc3339;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.database.Transactions;
import io.postern.store.keys.SealedSigningKey;
import io.postern.store.keys.SigningKeyRow;
import io.postern.store.keys.SigningKeyTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys that sign access tokens: what there is, and new ones before it is time for them. */
public final class SigningKeyResource {
  private static final Logger LOG = LoggerFactory.getLogger(SigningKeyResource.class);

  private final Transactions transactions;
  private final RegistryWriter writer;
  private final Function<SignatureAlgorithm, SealedSigningKey> generator;

  /**
   * @param generator makes a new key
   */
  public SigningKeyResource(
      Transactions transactions,
      RegistryWriter writer,
      Function<SignatureAlgorithm, SealedSigningKey> generator) {
    this.transactions = transactions;
    this.writer = writer;
    this.generator = generator;
  }

  public AdminResponse list(AdminRequest request) {
    Page page = Page.of("signingkeys", request.query());
    return page.response(
        new SigningKeyTable(transactions.read()).list(page.after(), page.rowsToRead()),
        row -> row.meta().creationNumber(),
        SigningKeyResource::json);
  }

  /**
   * Makes a key for one algorithm or for all. It is pending, and goes its way from there; where one
   * is pending already, that is the answer. Immediately: it signs at once, and every other key for
   * the algorithm is gone with all tokens that it signed.
   */
  public AdminResponse rotate(AdminRequest request) {
    JsonFields body = request.body();
    String alg = body.findText("alg");
    boolean immediately = body.flag("immediately");
    body.finish();

    // before the transaction: an RSA key takes its time, and all other writers would wait
    List<SealedSigningKey> made =
        SignatureAlgorithm.FOR_TOKENS.stream()
            .filter(algorithm -> alg == null || algorithm.value().equals(alg))
            .map(generator)
            .toList();
    List<String> log = new ArrayList<>();
    AdminResponse response =
        writer.write(
            request,
            statements -> {
              ArrayNode items = JsonNodeFactory.instance.arrayNode();
              for (SealedSigningKey key : made) {
                SigningKeyTable keys = new SigningKeyTable(statements);
                items.add(json(immediately ? replace(keys, key, log) : add(keys, key, log)));
              }
              ObjectNode shown = JsonNodeFactory.instance.objectNode();
              shown.set("items", items);
              return AdminResponse.ok(shown);
            });
    log.forEach(line -> LOG.info("{} (asked for by {})", line, request.author().actor()));
    return response;
  }

  private static SigningKeyRow add(SigningKeyTable keys, SealedSigningKey key, List<String> log) {
    SigningKeyRow pending = keys.findPending(key.alg());
    if (pending != null) {
      return pending;
    }
    log.add("Signing key %s (%s) is new, and pending".formatted(key.kid(), key.alg()));
    return keys.insertPending(key);
  }

  private static SigningKeyRow replace(
      SigningKeyTable keys, SealedSigningKey key, List<String> log) {
    for (String former : keys.deleteAll(key.alg())) {
      log.add("Signing key %s (%s) is removed at once".formatted(former, key.alg()));
    }
    log.add("Signing key %s (%s) is new, and signs from now on".formatted(key.kid(), key.alg()));
    return keys.insertActive(key);
  }

  private static ObjectNode json(SigningKeyRow row) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kid", row.kid())
        .put("alg", row.alg())
        .put("state", row.state())
        .put("created_at", Rfc3339.format(row.meta().createdAt()))
        .put("published_at", Rfc3339.format(row.publishedAt()))
        .put("activated_at", Rfc3339.format(row.activatedAt()))
        .put("retired_at", Rfc3339.format(row.retiredAt()));
  }
}
