package io.vestibule.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor time of a process as Linux counts it, all threads together, also those that have ended (proc(5), {@code /proc/pid/stat}). */
final class ProcessTimes {
  /** USER_HZ, the unit of the file, is 100 on every architecture a JVM of today runs on. */
  private static final long MICROS_PER_TICK = 10_000;

  private static final int UTIME = 11;
  private static final int STIME = 12;

  private ProcessTimes() {}

  /** User and system time so far, in microseconds. */
  static long cpuMicros(long pid) throws IOException {
    return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
  }

  static long parse(String stat) {
    // The second field is the program's name, in brackets, and may contain anything; what is counted begins after it with field 3.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
  }
}
