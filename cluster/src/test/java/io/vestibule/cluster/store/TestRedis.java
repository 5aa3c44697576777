package io.vestibule.cluster.store;

import io.vertx.core.Future;
import io.vestibule.cluster.TestCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real redis-server, which can be stopped, frozen and started again on its port. */
public final class TestRedis implements AutoCloseable {
  private final int port = TestCluster.freePort();
  private final Path directory;
  private final RedisServer server;
  private ProcessHandle process;

  /**
   * A server that is not running yet.
   *
   * @param durable whether it has everything again after a restart, or nothing
   */
  public TestRedis(boolean durable) {
    this(durable, List.of());
  }

  /** A replica of a server, which is not running yet. */
  public static TestRedis replicaOf(TestRedis primary) {
    return new TestRedis(false, List.of("replicaof 127.0.0.1 " + primary.port));
  }

  private TestRedis(boolean durable, List<String> settings) {
    try {
      directory = Files.createTempDirectory("vestibule-redis");
      // What it has written outlives the process without being synced, and a busy disk holds nobody up.
      RedisServerBuilder builder = RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"").setting("dir " + directory)
          .setting("appendonly " + (durable ? "yes" : "no")).setting("appendfsync no").setting("repl-diskless-sync yes").setting("repl-diskless-sync-delay 0");
      settings.forEach(builder::setting);
      server = builder.build();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  public TestRedis start() {
    Set<Long> before = children().map(ProcessHandle::pid).collect(Collectors.toSet());
    try {
      server.start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    process = children().filter(child -> !before.contains(child.pid())).findFirst().orElseThrow();
    return this;
  }

  /** What it would find again now, if it were started; of one that is durable. */
  public byte[] file() {
    try {
      return Files.readAllBytes(directory.resolve("appendonly.aof"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** As from a backup: when it is started again it has what it had then. */
  public void restore(byte[] file) {
    try {
      Files.write(directory.resolve("appendonly.aof"), file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** As kill -9. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
    stop();
  }

  public void stop() {
    try {
      server.stop();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** It hangs, with its connections open. */
  public void freeze() {
    signal("-STOP");
  }

  public void thaw() {
    signal("-CONT");
  }

  /** Waits until it has everything that its primary has. */
  public void awaitInStepWith(TestRedis primary) {
    TestCluster.eventually(() -> primary.say("PING", "WAIT 1 100").equals(":1"));
  }

  /** What comes of a call to one that is well: made again where its deadline has passed, or the connection went with another's, because the machine was so slow. */
  public static <T> Future<T> inTime(Supplier<Future<T>> call) {
    AtomicReference<Future<T>> last = new AtomicReference<>();
    TestCluster.eventually(() -> {
      last.set(call.get());
      Throwable failure = TestCluster.failureOf(last.get());
      return failure == null || !(failure instanceof TimeoutException) && !RedisLink.isLost(failure);
    });
    return last.get();
  }

  /** From now on it is nobody's replica. */
  public void promote() {
    if (!say("REPLICAOF NO ONE").startsWith("+OK")) {
      throw new IllegalStateException("it stays a replica");
    }
  }

  /** Sends commands that are answered with a line each, and hears the last. */
  private String say(String... commands) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((String.join("\r\n", commands) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String last = "";
      for (int i = 0; i < commands.length; i++) {
        last = answers.readLine();
      }
      return last;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder(List.of("kill", signal, Long.toString(process.pid()))).start().onExit().join();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static Stream<ProcessHandle> children() {
    return ProcessHandle.current().children().filter(child -> child.info().command().orElse("").contains("redis"));
  }

  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
