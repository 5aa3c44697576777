package io.vestibule.systemtests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import redis.embedded.RedisServer;

/** A redis-server of one test. To be registered as an extension in an instance field, or closed. */
public final class Redis implements AfterEachCallback, AutoCloseable {
  private final int port = Ports.freeRange(1);
  private final Path directory;
  private final RedisServer server;
  private ProcessHandle process;

  /** One that keeps everything in memory alone: killed and started again it is empty. */
  public Redis() {
    this("no");
  }

  private Redis(String appendOnly, String... addresses) {
    try {
      directory = Files.createTempDirectory("vestibule-redis");
      // What it has written outlives the process without being synced, and a busy disk holds nobody up.
      server = RedisServer.newRedisServer().port(port).bind(String.join(" ", addresses) + " 127.0.0.1").setting("save \"\"").setting("dir " + directory)
          .setting("appendonly " + appendOnly).setting("appendfsync no").setting("protected-mode no").build();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * One that has everything again when it is killed and started again.
   *
   * @param addresses of this machine's at which it is found too
   */
  public static Redis keeping(String... addresses) {
    return new Redis("yes", addresses);
  }

  /** Where nodes find it, for {@code store.redis.url}. */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Where nodes find it who reach this machine by one of its addresses. */
  public String url(String address) {
    return "redis://" + address + ":" + port;
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** Starts it on its port and waits until it answers. */
  public void start() throws IOException {
    Set<Long> before = servers().map(ProcessHandle::pid).collect(Collectors.toSet());
    server.start();
    process = servers().filter(child -> !before.contains(child.pid())).findFirst().orElseThrow();
  }

  /** The program that runs. */
  public String program() {
    return process.info().command().orElseThrow();
  }

  /** As {@code kill -9}, waited for. */
  public void kill() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    server.stop();
  }

  private static Stream<ProcessHandle> servers() {
    return ProcessHandle.current().children().filter(child -> child.info().command().orElse("").contains("redis"));
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    close();
  }

  @Override
  public void close() throws IOException {
    server.stop();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
