package io.postern.store.feed;

import io.postern.client.ClientSettings;
import io.postern.grant.Grant;
import io.postern.grant.ScopeSet;
import io.postern.oauth.GrantType;
import io.postern.vault.CredentialLink;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes equal parts of what is read one object: audiences, scope values, sets of scopes, whole
 * grants, links to hosted credentials, settings of clients and their grant types. Kept from one
 * reading to the next, so that clients which come one by one share with those that were there;
 * bounded, so beyond some 100,000 different grants not all are shared. Not thread-safe.
 */
public final class SharedValues {
  private static final int MANY = 1 << 17;
  private static final int FEW = 1 << 10;

  private final RecentValues<String, String> strings =
      new RecentValues<>(MANY, Function.identity());
  private final RecentValues<String, ScopeSet> scopes = new RecentValues<>(MANY, this::makeScopes);
  private final RecentValues<Grant, Grant> grants = new RecentValues<>(MANY, Function.identity());
  private final RecentValues<CredentialLink, CredentialLink> links =
      new RecentValues<>(MANY, Function.identity());
  private final RecentValues<String, Set<GrantType>> grantTypes =
      new RecentValues<>(FEW, SharedValues::makeGrantTypes);
  private final RecentValues<ClientSettings, ClientSettings> settings =
      new RecentValues<>(FEW, Function.identity());

  /** An equal audience. */
  String audience(String audience) {
    return strings.get(audience);
  }

  /**
   * The set of some scope values.
   *
   * @param text the values, separated by single spaces
   */
  ScopeSet scopes(String text) {
    return scopes.get(text);
  }

  /** An equal grant. */
  Grant grant(Grant grant) {
    return grants.get(grant);
  }

  /** An equal id of a hosted credential. */
  String credentialId(String id) {
    return strings.get(id);
  }

  /** An equal link. */
  CredentialLink link(CredentialLink link) {
    return links.get(link);
  }

  /**
   * The set of those of some grant types that the token endpoint knows.
   *
   * @param text the names, separated by single spaces
   */
  Set<GrantType> grantTypes(String text) {
    return grantTypes.get(text);
  }

  /** Equal settings. */
  ClientSettings settings(ClientSettings of) {
    return settings.get(of);
  }

  private ScopeSet makeScopes(String text) {
    return ScopeSet.of(Arrays.stream(text.split(" ")).map(strings::get).toList());
  }

  private static Set<GrantType> makeGrantTypes(String text) {
    return Arrays.stream(text.split(" "))
        .map(GrantType::find)
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }
}
