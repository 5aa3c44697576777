package io.vestibule.bench.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A redis-server of a run, a child process that keeps everything in memory alone. */
public final class RedisProcess implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Process process;
  private final Path directory;
  private final int port;
  private final Thread ender;

  private RedisProcess(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
    this.ender = new Thread(process::destroyForcibly, "end-redis");
    Runtime.getRuntime().addShutdownHook(ender);
  }

  /** Starts it on a free port and waits until it answers. */
  public static RedisProcess start(Path program) throws IOException, InterruptedException {
    int port = Launch.freePort();
    Path directory = Files.createTempDirectory("bench-redis-");
    Process process = new ProcessBuilder(List.of(program.toAbsolutePath().toString(), "--port", "" + port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory.toString()))
        .redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
    RedisProcess redis = new RedisProcess(process, directory, port);
    long deadline = System.nanoTime() + START_NANOS;
    while (!redis.answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        String said = Files.readString(directory.resolve("log"));
        redis.close();
        throw new IOException(program + " does not start:\n" + said);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return redis;
  }

  /** For {@code store.redis.url}. */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  public long pid() {
    return process.pid();
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(1000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() == '+';
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      Runtime.getRuntime().removeShutdownHook(ender);
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IllegalStateException | IOException e) {
      // The JVM is ending, or a temporary directory stays behind.
      process.destroyForcibly();
    }
  }
}
