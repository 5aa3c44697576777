package io.vestibule.node.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;

/** Why a call got no answer, in words: the JDK's client often says no more than the name of an exception. */
final class Unanswered {
  private Unanswered() {}

  static String reason(IOException thrown) {
    if (thrown instanceof HttpTimeoutException) {
      return "it took too long";
    }
    boolean silent = thrown.getMessage() == null || thrown.getMessage().isBlank();
    return thrown instanceof ConnectException && silent ? "it cannot be connected to" : silent ? thrown.getClass().getSimpleName() : thrown.getMessage();
  }
}
