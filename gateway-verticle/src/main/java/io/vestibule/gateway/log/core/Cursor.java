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

  /** Devices of a user that are remembered, in his own topic or in one that he is a member of; who was not heard of for the longest time goes. */
  public static final int DEVICES = 16;

  /** Cursors of any other kind that a log has at most. */
  public static final int OTHERS = 1_024;

  private static final int OVERHEAD = 160;
  /** Devices of members: each member's are a kind of their own. */
  private static final String MEMBER = "at:";
  private static final String READ = "read/";

  /** The name of a device of the user whose own topic it is. */
  public static String device(String device) {
    return DEVICE + "/" + device;
  }

  /** The name of a device of a member of a topic. */
  public static String device(String userId, String device) {
    return MEMBER + userId.replace("%", "%25").replace("/", "%2F") + "/" + device;
  }

  /** The name of the place up to which a member has read. */
  public static String read(String userId) {
    return READ + userId;
  }

  /** The member whose place has this name, by a device or read; null where it is nobody's. */
  public static String member(String name) {
    if (isRead(name)) {
      return name.substring(READ.length());
    }
    return name.startsWith(MEMBER) ? name.substring(MEMBER.length(), name.indexOf('/')).replace("%2F", "/").replace("%25", "%") : null;
  }

  /** Whether this is the name of a place up to which a member has read. */
  public static boolean isRead(String name) {
    return name.startsWith(READ);
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
    return name.startsWith(DEVICE + "/") || name.startsWith(MEMBER) ? DEVICES : OTHERS;
  }

  /** Whether it was not said for too long. */
  public boolean isOver(long nowMs) {
    return atMs + KEPT_MS <= nowMs;
  }
}
