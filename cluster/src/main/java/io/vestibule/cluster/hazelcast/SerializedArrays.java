package io.vestibule.cluster.hazelcast;

import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;

/**
 * Bounds the arrays in Java-serialised objects, for the whole process. An array's length is believed before its elements are there, so
 * a message of fifty bytes could ask for gigabytes; no list of classes helps against that.
 */
final class SerializedArrays {
  private static final long LONGEST = 65_536;

  private SerializedArrays() {}

  /** Sets the bound, unless this process has a filter already. */
  static void bound() {
    if (ObjectInputFilter.Config.getSerialFilter() == null) {
      ObjectInputFilter.Config.setSerialFilter(info -> info.arrayLength() > LONGEST ? Status.REJECTED : Status.UNDECIDED);
    }
  }
}
