package io.vestibule.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A node as operators run it: {@code java -jar vestibule.jar} in a process of its own, which ends with the test's at the latest. */
public final class VestibuleProcess implements AutoCloseable {
  /** The jar that the build has just made. */
  public static final Path JAR = Path.of("../node/target/vestibule.jar").toAbsolutePath().normalize();

  private static final Duration START_LIMIT = Duration.ofSeconds(180);
  private static final Duration HTTP_LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final Process process;
  private final ProcessOutput output;
  private final Thread endWithTheTests;
  private final long startedNanos = System.nanoTime();
  private final HttpClient http;
  private String url;

  private VestibuleProcess(String name, Process process, HttpClient http) {
    this.name = name;
    this.process = process;
    this.http = http;
    this.output = ProcessOutput.of(name, process.inputReader());
    this.endWithTheTests = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(endWithTheTests);
  }

  /**
   * Starts the process and does not wait for it.
   *
   * @param name of the node
   * @param entrance what the command begins with, to run somewhere else than here; may be empty
   * @param heap the largest, as the JVM's {@code -Xmx} takes it
   * @param jar usually {@link #JAR}
   * @param arguments of the command line
   */
  static VestibuleProcess launch(String name, List<String> entrance, String heap, Path jar, List<String> arguments, HttpClient http) throws IOException {
    List<String> options = new ArrayList<>();
    // The archive is of one jar alone.
    if (jar.equals(JAR)) {
      options.addAll(QuickStart.options(java(), jar));
    }
    options.add("-Xmx" + heap);
    return launch(name, entrance, options, jar, arguments, http);
  }

  /** As the other, with these options of the JVM and no more. */
  static VestibuleProcess launch(String name, List<String> entrance, List<String> options, Path jar, List<String> arguments, HttpClient http) throws IOException {
    List<String> command = new ArrayList<>(entrance);
    command.add(java());
    command.addAll(options);
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(arguments);
    return new VestibuleProcess(name, begin(command), http);
  }

  /** Runs a command that the developer's own settings do not reach; what it says goes one way. */
  static Process begin(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(variable -> variable.startsWith("VESTIBULE_") || variable.equals("JAVA_TOOL_OPTIONS"));
    return builder.start();
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /**
   * Waits until the node says that it serves and {@code /health/ready} agrees.
   *
   * @return from the start of the process until then
   */
  public Duration awaitReady() throws InterruptedException {
    JsonObject ready = output.await("node_ready", START_LIMIT)
        .orElseThrow(() -> new AssertionError("node " + name + " did not get ready; it printed\n" + output.text()));
    url = ready.getString("url").replace("/health", "");
    Eventually.within(START_LIMIT, "node " + name + " is ready", this::isReady);
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** What {@code /health/ready} says; an answer that does not come is a no. */
  public boolean isReady() throws InterruptedException {
    try {
      return get("/health/ready").statusCode() == 200;
    } catch (IOException notReachable) {
      return false;
    }
  }

  /** The names of the members that {@code /health} tells. */
  public Set<String> members() throws IOException, InterruptedException {
    return new JsonObject(get("/health").body()).getJsonArray("members").stream()
        .map(member -> ((JsonObject) member).getString("name")).collect(Collectors.toSet());
  }

  /** What {@code /health} tells of a role of this node. */
  public JsonObject role(String role) throws IOException, InterruptedException {
    return new JsonObject(get("/health").body()).getJsonObject("roles").getJsonObject(role).getJsonObject("details");
  }

  /** What {@code /metrics} tells of a series, which is named as it stands there, with all its labels; 0 where it is not there. */
  public double figure(String series) throws IOException, InterruptedException {
    return get("/metrics").body().lines().filter(line -> line.startsWith(series + " ")).mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1))).sum();
  }

  /** Asks this node over HTTP. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(url + path)).timeout(HTTP_LIMIT).build(), BodyHandlers.ofString());
  }

  /**
   * Calls the server API with this key.
   *
   * @param headers further ones, each a name and a value
   */
  public HttpResponse<String> post(String path, String apiKey, JsonObject body, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(HTTP_LIMIT)
        .header("X-API-Key", apiKey).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body.encode()));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /**
   * Calls with a Bearer token.
   *
   * @param body null for a GET
   */
  public HttpResponse<String> call(String path, String token, JsonObject body) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(HTTP_LIMIT).header("Authorization", "Bearer " + token);
    if (body != null) {
      request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body.encode()));
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** {@code http://host:port}. */
  public String url() {
    return url;
  }

  /** Where clients open their socket. */
  public URI socketUrl() {
    return URI.create(url.replace("http://", "ws://") + "/ws");
  }

  /** What the node is called. */
  public String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  /** Whether the process has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends a signal, {@code TERM}, {@code KILL}, {@code STOP} or {@code CONT}. */
  public void signal(String signal) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor();
    assertThat(code).as("kill -%s of node %s", signal, name).isZero();
  }

  /**
   * Waits for the end of the process and of what it printed.
   *
   * @return its exit code
   */
  public int awaitExit(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || !output.awaitEnd(limit)) {
      throw new AssertionError("node " + name + " did not end within " + limit);
    }
    return process.exitValue();
  }

  /** How many of the lines it printed are like this. */
  public long printed(Predicate<String> line) {
    return output.count(line);
  }

  /** What it printed, the last of it. */
  public String output() {
    return output.text();
  }

  /** Ends the process at once, also a frozen one, and waits until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    try {
      Runtime.getRuntime().removeShutdownHook(endWithTheTests);
    } catch (IllegalStateException theTestsEnd) {
      // The hook runs already.
    }
  }
}
