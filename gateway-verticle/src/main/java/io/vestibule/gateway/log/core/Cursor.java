package io.vestibule.gateway.log.core;

import java.time.Duration;

/**
 * How far somebody is in a log: everything up to this place is done with.
 *
 * @param name whose it is: a kind, a slash, and what tells it from others of its kind
 * @param epoch in which the place is; not the log's any more where that began anew
 * @param offset the last one that is done with; 0 before the first
 * @param atMs when it was last said, Unix milliseconds
 */
public record Cursor(String name, long epoch, long offset, long atMs) {
  /** The kind of the devices of a topic's user. */
  public static final String DEVICE = "device";

  /** So long after it was last said, nobody is taken to come back to it. */
  public static final long KEPT_MS = Duration.ofDays(30).toMillis();

  /** Devices of a user that are remembered; who was not heard of for the longest time goes. */
  public static final int DEVICES = 16;

  /** Cursors of any other kind that a log has at most. */
  public static final int OTHERS = 1_024;

  private static final int OVERHEAD = 160;

  /** The name of a device of the user whose own topic it is. */
  public static String device(String device) {
    return DEVICE + "/" + device;
  }

  /** What it is counted with, in bytes. */
  public long cost() {
    return OVERHEAD + name.length();
  }

  String kind() {
    return kind(name);
  }

  static String kind(String name) {
    return name.substring(0, name.indexOf('/') + 1);
  }

  /** Of the kind of this name, at most. */
  public static int most(String name) {
    return kind(name).equals(DEVICE + "/") ? DEVICES : OTHERS;
  }

  boolean isOver(long nowMs) {
    return atMs + KEPT_MS <= nowMs;
  }
}
