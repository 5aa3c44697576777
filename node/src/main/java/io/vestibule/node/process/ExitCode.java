package io.vestibule.node.process;

/** What the process ends with, for scripts and supervisors; the numbers from 64 on are those of BSD's sysexits. */
public final class ExitCode {
  /** Done; for a node: stopped in good order. */
  public static final int OK = 0;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** Something needed is not available: a port is in use, a server does not answer. */
  public static final int UNAVAILABLE = 69;

  /** The node failed, or could not stop in time. */
  public static final int INTERNAL = 70;

  /** Somebody may not do this. */
  public static final int FORBIDDEN = 77;

  /** The configuration is wrong. */
  public static final int CONFIG = 78;

  private ExitCode() {}

  /** What a process ends with that a signal ended at once. */
  public static int ofSignal(int number) {
    return 128 + number;
  }
}
