package io.vestibule.node;

import io.vestibule.node.cli.Cli;
import io.vestibule.node.log.LogSetup;
import java.io.PrintWriter;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    LogSetup.routeLibraries();
    int code = new Cli(System.getenv(), new PrintWriter(System.out, true), new PrintWriter(System.err, true)).execute(args);
    LogSetup.flush();
    // Not exit: whatever non-daemon threads or hooks a library left behind must not decide when, or whether, the process ends.
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }
}
