package io.vestibule.node.config;

/**
 * Where a value was written.
 *
 * @param name a file, an environment variable or an option
 * @param line the line in the file, from 1; 0 where there is none
 */
record Origin(String name, int line) {
  /** The configuration inside the jar. */
  static final String DEFAULTS = "defaults";

  static Origin of(String name) {
    return new Origin(name, 0);
  }

  boolean isDefault() {
    return name.equals(DEFAULTS);
  }

  @Override
  public String toString() {
    return line > 0 ? name + ":" + line : name;
  }
}
