package io.postern.oauth;

/** What the reading of a token request gives: the request, or why it is not one. */
public sealed interface ParsedTokenRequest permits TokenRequest, MalformedTokenRequest {}
