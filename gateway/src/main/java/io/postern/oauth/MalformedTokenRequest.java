package io.postern.oauth;

/** A request for a token, or about one, that is refused by its form alone. */
public record MalformedTokenRequest(Refusal refusal)
    implements ParsedTokenRequest, ParsedPresentation {}
