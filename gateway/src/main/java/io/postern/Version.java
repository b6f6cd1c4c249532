package io.postern;

/** The version of Postern: who only asks for it needs no gateway, which takes long to load. */
public final class Version {
  private Version() {}

  /** The version, from the manifest of the jar, which the build writes. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
