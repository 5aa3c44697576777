package io.vestibule.systemtests.check;

/**
 * How long and how hard a run is.
 *
 * @param redis whether logs are in Redis; else in the cluster's memory
 * @param messages so many are acknowledged at least
 * @param kills of nodes, which are started again
 * @param freezes of nodes, half of them for longer than the cluster waits, unless logs are in its memory and nothing else divides it
 * @param partitions of a node from the two others
 * @param outages of Redis
 * @param cutEveryMs a connection, on average; 0: none, and none at the end
 * @param pauseMs of a publisher at most, between what he sends at once
 */
record Settings(boolean redis, long messages, int kills, int freezes, int partitions, int outages, long cutEveryMs, long pauseMs, long seed) {
  private static final String PREFIX = "vestibule.check.";
  private static final long CUT_EVERY_MS = 1_250;

  /** What the test command has time for. In the cluster's memory nobody is taken for dead who is not, so that nothing but what is trimmed may be gone. */
  static Settings small(boolean redis) {
    // What a node that is killed had not told the others yet can only be read; with one of them there may be nothing.
    return new Settings(redis, 5_000, redis ? 1 : 3, 2, 0, 1, CUT_EVERY_MS, 60, Long.getLong(PREFIX + "seed", 20261127));
  }

  /** A node is frozen for so long that the others do without it, and nobody's connection ends: what it has missed then can only be read. */
  static Settings oneFreeze() {
    return new Settings(false, 1_000, 0, 1, 0, 0, 0, 60, Long.getLong(PREFIX + "seed", 20261127));
  }

  /** Whether somebody asks for more. */
  static boolean isAsked() {
    return System.getProperty(PREFIX + "messages") != null;
  }

  /** What the command line says. */
  static Settings asked(boolean redis) {
    int kills = Integer.getInteger(PREFIX + "kills", 20);
    return new Settings(redis, Long.getLong(PREFIX + "messages", 100_000), kills, Integer.getInteger(PREFIX + "freezes", (kills + 1) / 2), Integer.getInteger(PREFIX + "partitions", (kills + 3) / 4),
        Integer.getInteger(PREFIX + "outages", (kills + 3) / 4), CUT_EVERY_MS, Integer.getInteger(PREFIX + "pause-ms", 60), Long.getLong(PREFIX + "seed", System.nanoTime()));
  }
}
