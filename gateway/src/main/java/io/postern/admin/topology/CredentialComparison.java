package io.postern.admin.topology;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.Faults;
import io.postern.admin.registry.Identifiers;
import io.postern.admin.vault.NewValues;
import io.postern.admin.vault.OAuthClientJson;
import io.postern.jose.SigningKey;
import io.postern.store.topology.CredentialTables;
import io.postern.store.topology.CredentialTables.Present;
import io.postern.store.topology.CredentialTables.RegisteredCredential;
import io.postern.store.topology.Topology;
import io.postern.store.topology.TopologyPlan;
import io.postern.store.topology.TopologyPlan.Change;
import io.postern.store.topology.ValueSealer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the declared hosted credentials against those that there are, a value that is given against
 * the present one among it. Tells the comparison of links of each.
 */
final class CredentialComparison {
  private final CredentialTables tables;
  private final Identifiers identifiers;
  private final NewValues newValues;
  private final ValueSealer sealer;
  private final TopologyPlan plan;
  private final LinkComparison links;
  private final Faults faults;
  private final Set<String> names = new HashSet<>();

  CredentialComparison(
      CredentialTables tables,
      Identifiers identifiers,
      NewValues newValues,
      TopologyPlan plan,
      LinkComparison links,
      Faults faults) {
    this.tables = tables;
    this.identifiers = identifiers;
    this.newValues = newValues;
    this.sealer = newValues.sealer();
    this.plan = plan;
    this.links = links;
    this.faults = faults;
  }

  /** Notes what is named, all of it before anything is compared. */
  void noteNames(List<Topology.Credential> declared) {
    for (int i = 0; i < declared.size(); i++) {
      String identifier = declared.get(i).identifier();
      if (!identifier.isEmpty() && !names.add(identifier)) {
        faults.add("/credentials/" + i + "/identifier", "stands there twice");
      }
    }
  }

  void compare(TopologyComparison.Portion<Topology.Credential> portion) {
    Map<String, RegisteredCredential> registered =
        tables.byIdentifier(
            portion.elements().stream().map(Topology.Credential::identifier).toList());
    Map<String, Present> values =
        tables.presentValues(
            portion.elements().stream()
                .filter(credential -> credential.value() != null)
                .map(credential -> registered.get(credential.identifier()))
                .filter(Objects::nonNull)
                .map(RegisteredCredential::id)
                .toList());
    for (int i = 0; i < portion.elements().size(); i++) {
      Topology.Credential credential = portion.elements().get(i);
      if (!credential.identifier().isEmpty()) {
        compare(
            credential,
            registered.get(credential.identifier()),
            values,
            "/credentials/" + (portion.from() + i));
      }
    }
  }

  private void compare(
      Topology.Credential declared,
      @Nullable RegisteredCredential registered,
      Map<String, Present> values,
      String pointer) {
    String identifier = declared.identifier();
    Topology.Credential before = registered == null ? null : registered.credential();
    String id = registered == null ? identifiers.newCredentialId() : registered.id();
    if (before != null) {
      checkImmutable(declared, before, pointer);
    }
    Topology.Credential after = withValue(declared, before, id, values.get(id), pointer);
    if (before == null
        || after.value() != null
        || !CredentialJson.members(before).equals(CredentialJson.members(after))) {
      plan.credentials().add(new Change<>(identifier, before, after));
    }
    links.credential(identifier, id, after.target() != null);
    if (before != null && before.target() != null && after.target() == null) {
      links.targetless(identifier, pointer + "/target");
    }
  }

  private void checkImmutable(
      Topology.Credential declared, Topology.Credential before, String pointer) {
    if (declared.businessType() != null && declared.businessType() != before.businessType()) {
      faults.add(
          pointer + "/business_type",
          "is immutable: it is "
              + (before.businessType() == null ? "none" : before.businessType().value()));
    }
    if (declared.kind() != before.kind()) {
      faults.add(
          pointer + "/oauth_client",
          "cannot come or go, since the kind is immutable: it is " + before.kind().value());
    } else if (declared.oauthClient() != null
        && before.oauthClient() != null
        && OAuthClientJson.usesKeyPair(declared.oauthClient())
            != OAuthClientJson.usesKeyPair(before.oauthClient())) {
      faults.add(
          pointer + "/oauth_client/auth_method",
          "cannot change between a secret and a key pair: make another credential");
    }
  }

  /** The credential with the value that it gets, or without one where it keeps what it has. */
  private Topology.Credential withValue(
      Topology.Credential declared,
      Topology.@Nullable Credential before,
      String id,
      @Nullable Present present,
      String pointer) {
    ObjectNode client = declared.oauthClient();
    if (client != null && OAuthClientJson.usesKeyPair(client)) {
      return withKeyPair(declared, client, before == null ? null : before.oauthClient());
    }
    if (declared.value() == null) {
      if (before == null) {
        faults.add(
            pointer + "/" + CredentialReader.VALUE, "is required, since the credential is new");
      }
      return declared;
    }
    boolean same = present != null && sealer.isSame(id, present, declared.value());
    return same ? declared.keeping(client) : declared;
  }

  private Topology.Credential withKeyPair(
      Topology.Credential declared, ObjectNode client, @Nullable ObjectNode before) {
    if (before != null && before.has(OAuthClientJson.PUBLIC_JWK)) {
      ObjectNode kept = client.deepCopy();
      kept.set(OAuthClientJson.PUBLIC_JWK, before.get(OAuthClientJson.PUBLIC_JWK));
      return declared.keeping(kept);
    }
    SigningKey keyPair = newValues.newKeyPair();
    return declared.holding(
        NewValues.withKeyPair(client, keyPair),
        new Topology.Value(keyPair.privateKey().getEncoded()));
  }

  /** Deletes what is not named. */
  void prune() {
    long after = 0;
    List<RegisteredCredential> rows;
    do {
      rows = tables.list(after, TopologyComparison.PORTION);
      for (RegisteredCredential row : rows) {
        String identifier = row.credential().identifier();
        if (!names.contains(identifier)) {
          plan.credentials().add(new Change<>(identifier, row.credential(), null));
          links.gone(identifier, row.id());
        }
      }
      after = rows.isEmpty() ? after : rows.getLast().creationNumber();
    } while (rows.size() == TopologyComparison.PORTION);
  }
}
