package io.vestibule.systemtests.harness;

import java.util.stream.Stream;

/** Variations of long tests that the test command leaves out, to end in half an hour on two cores; {@code -Dthorough=true} runs them all. */
public final class Thorough {
  private Thorough() {}

  /** For a parameter: true, which is the harder one, and false where there is time. */
  public static Stream<Boolean> both() {
    return Boolean.getBoolean("thorough") ? Stream.of(true, false) : Stream.of(true);
  }
}
