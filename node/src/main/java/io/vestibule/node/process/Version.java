package io.vestibule.node.process;

/** The version of this build, from the jar's manifest. */
public final class Version {
  private Version() {}

  /** The version, or {@code development} when the classes do not come from the jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
