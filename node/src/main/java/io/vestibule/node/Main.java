package io.vestibule.node;

import io.vestibule.node.cli.Cli;
import io.vestibule.node.log.LogSetup;
import io.vestibule.node.process.ExitCode;
import java.io.PrintWriter;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs the command line and ends the process with its exit code, also when the virtual machine cannot go on: out of memory, or out of classes. */
  public static void main(String[] args) {
    int code = ExitCode.INTERNAL;
    try {
      LogSetup.routeLibraries();
      code = new Cli(System.getenv(), new PrintWriter(System.out, true), new PrintWriter(System.err, true)).execute(args);
      LogSetup.flush();
      System.out.flush();
    } catch (Throwable thrown) {
      System.err.println("vestibule: failed unexpectedly: " + thrown);
    } finally {
      // Not exit: whatever non-daemon threads or hooks a library left behind must not decide when, or whether, the process ends.
      Runtime.getRuntime().halt(code);
    }
  }
}
