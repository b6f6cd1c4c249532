package io.postern.bench.load;

/** Which kind of server a request is for. */
enum Target {
  GATEWAY,
  CEILING;

  /** The last part of the path of a request of that kind. */
  String path(RequestKind kind) {
    return switch (this) {
      case GATEWAY -> RequestKind.TOKEN;
      case CEILING -> kind.ceilingPath();
    };
  }
}
