package io.vestibule.node.process;

/** The process ends with this line on standard error and this code. An answer, not a surprise: it has no stack trace. */
public final class ProcessFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /**
   * @param exitCode one of {@link ExitCode}
   * @param message one line that says what is wrong and, if it can, what to do
   */
  public ProcessFailure(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
