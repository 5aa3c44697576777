package io.vestibule.systemtests.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Ports that nobody listens on. They are below those that the kernel gives away by itself, and not those of tests that run beside these in another JVM, so that nobody takes them by chance. */
final class Ports {
  private static final int OF_A_JVM = 6_000;
  private static final int LOWEST = 20_000 + OF_A_JVM * ((Integer.getInteger("test.fork", 1) - 1) % 2);
  private static final int ATTEMPTS = 1_000;

  private Ports() {}

  /** The first of so many free ports in a row. */
  static int freeRange(int count) {
    return IntStream.range(0, ATTEMPTS)
        .map(attempt -> ThreadLocalRandom.current().nextInt(LOWEST, LOWEST + OF_A_JVM - count))
        .filter(first -> IntStream.range(first, first + count).allMatch(Ports::isFree))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + count + " free ports in a row"));
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
