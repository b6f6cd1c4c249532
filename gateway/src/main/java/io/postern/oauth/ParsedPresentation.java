package io.postern.oauth;

/** What the reading of a request about one token gives: the request, or why it is not one. */
public sealed interface ParsedPresentation permits PresentedToken, MalformedTokenRequest {}
