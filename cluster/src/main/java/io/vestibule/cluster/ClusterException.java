package io.vestibule.cluster;

/** The cluster could not be started; the message is one line for the person who starts the node. */
public final class ClusterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
