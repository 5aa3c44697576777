package io.vestibule.systemtests.check;

import java.util.function.Predicate;

/**
 * What may be gone, as the run was made.
 *
 * @param trimmed topics of which so little is kept that a subscriber may come back too late
 * @param newEpochs whether a fault was beyond what the store survives
 */
record Permits(Predicate<String> trimmed, boolean newEpochs) {
  /** Nothing. */
  static final Permits NONE = new Permits(topic -> false, false);
}
