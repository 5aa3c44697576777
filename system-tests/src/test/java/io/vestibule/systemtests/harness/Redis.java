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

/** A redis-server of one test, which keeps everything in memory alone: killed and started again it is empty. To be registered as an extension in an instance field. */
public final class Redis implements AfterEachCallback {
  private final int port = Ports.freeRange(1);
  private final Path directory;
  private final RedisServer server;
  private ProcessHandle process;

  public Redis() {
    this(false);
  }

  /** One that has everything again when it is started again. */
  public static Redis durable() {
    return new Redis(true);
  }

  private Redis(boolean durable) {
    try {
      directory = Files.createTempDirectory("vestibule-redis");
      server = RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"").setting("dir " + directory)
          .setting("appendonly " + (durable ? "yes" : "no")).setting("appendfsync no").build();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Where nodes find it, for {@code store.redis.url}. */
  public String url() {
    return "redis://127.0.0.1:" + port;
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
    server.stop();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
