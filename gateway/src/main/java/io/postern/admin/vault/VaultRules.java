package io.postern.admin.vault;

/**
 * What this gateway's settings say of hosted credentials.
 *
 * @param allowsHttp whether targets and token endpoints may be called without TLS
 */
public record VaultRules(CredentialLimit limit, boolean allowsHttp) {}
