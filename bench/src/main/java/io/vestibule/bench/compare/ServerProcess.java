package io.vestibule.bench.compare;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server under measurement: a child process, ended with this object or, at the latest, with this JVM. */
public final class ServerProcess implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int POLL_MILLIS = 1000;
  private static final int SHOWN_LINES = 15;

  /** A server that could not be started, with what it printed last. */
  public static final class StartException extends IOException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
      super(message);
    }
  }

  private final ServerKind kind;
  private final int port;
  private final Process process;
  private final Path log;
  private final Thread ender;

  private ServerProcess(ServerKind kind, int port, Process process, Path log) {
    this.kind = kind;
    this.port = port;
    this.process = process;
    this.log = log;
    this.ender = new Thread(process::destroyForcibly, "end-" + kind.label());
    Runtime.getRuntime().addShutdownHook(ender);
  }

  /** Starts a server and waits until it serves. */
  public static ServerProcess start(ServerKind kind, Launch launch) throws IOException, InterruptedException {
    int port = Launch.freePort();
    Path log = Files.createTempFile("bench-" + kind.label() + "-", ".log");
    Process process = new ProcessBuilder(launch.command(kind, port)).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var server = new ServerProcess(kind, port, process, log);
    try {
      server.awaitServing();
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  ServerKind kind() {
    return kind;
  }

  /** Its socket. */
  public URI uri() {
    return URI.create("ws://127.0.0.1:" + port + "/ws");
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Processor time so far, in microseconds. */
  public long cpuMicros() throws IOException {
    return ProcessTimes.cpuMicros(pid());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    forget();
  }

  private void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(ender);
      Files.deleteIfExists(log);
    } catch (IllegalStateException | IOException e) {
      // The JVM is ending, and its hook ends the process; or a temporary file stays behind.
      process.destroyForcibly();
    }
  }

  private void awaitServing() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_NANOS;
    while (!serves()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new StartException(kind.label() + " server " + (process.isAlive() ? "does not become ready" : "ended with " + process.exitValue())
            + ":\n" + lastLines());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private boolean serves() {
    try {
      var request = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/health/ready").toURL().openConnection();
      request.setConnectTimeout(POLL_MILLIS);
      request.setReadTimeout(POLL_MILLIS);
      int status = request.getResponseCode();
      request.disconnect();
      return status == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
  }
}
