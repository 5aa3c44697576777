package io.vestibule.node.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param origin where it was written
 * @param text what is wrong, on one line
 */
record ConfigProblem(Origin origin, String text) {
  @Override
  public String toString() {
    return origin + ": " + text;
  }
}
