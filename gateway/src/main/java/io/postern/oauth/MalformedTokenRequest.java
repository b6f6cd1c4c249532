package io.postern.oauth;

/** A token request that is refused by its form alone. */
public record MalformedTokenRequest(Refusal refusal) implements ParsedTokenRequest {}
