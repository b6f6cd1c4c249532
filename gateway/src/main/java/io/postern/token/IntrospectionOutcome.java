package io.postern.token;

/** How a request for the introspection of a token ended. */
public sealed interface IntrospectionOutcome
    permits IntrospectionOutcome.Answered, TokenOutcome.Refused {

  /**
   * The caller is told what the token is to it.
   *
   * @param response good until the callback that is given this returns
   */
  record Answered(IntrospectionResponse response, TokenStatus status)
      implements IntrospectionOutcome {}
}
