package io.vestibule.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real jar as a process of its own. */
@Timeout(300)
class JarIT {
  /** The first of twenty, of which a node takes the next free one; below those that the kernel gives away. */
  private static final int CLUSTER_PORT = 19_700;
  private static final Path JAR = Path.of("target/vestibule.jar");
  private static final long DEADLINE_SECONDS = 180;

  private final List<Process> started = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path folder;

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void carriesWhatPlatformAndLibrariesNeed() throws IOException {
    try (var jar = new JarFile(JAR.toFile())) {
      var manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
      assertThat(manifest.getValue("Add-Exports")).isEqualTo("java.base/jdk.internal.ref");
      assertThat(manifest.getValue("Add-Opens").split(" "))
          .contains("java.base/java.lang", "java.base/sun.nio.ch", "java.management/sun.management", "jdk.management/com.sun.management.internal");
      assertThat(jar.stream().map(entry -> entry.getName()))
          .contains("conf/vestibule.yaml", "META-INF/services/ch.qos.logback.classic.spi.Configurator")
          .noneMatch(name -> name.endsWith("module-info.class") || name.matches("META-INF/[^/]+\\.(SF|DSA|RSA)"));
    }
  }

  @Test
  void knowsItsVersionAndItsDefaults() throws Exception {
    assertThat(run("--version")).matches(ended -> ended.code() == 0 && ended.out().matches("vestibule \\d+\\.\\d+\\.\\d+.*\n"));
    assertThat(run("default-config").out()).isEqualTo(Files.readString(Path.of("../conf/vestibule.yaml")));
  }

  @Test
  void aBadFileIsOneLineOnStandardError() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "gateway:\n  http:\n    prot: 1\n");
    Path broken = Files.writeString(folder.resolve("broken.yaml"), "gateway: {\n");

    assertThat(run("check-config", "--conf", wrong.toString())).isEqualTo(
        new Ended(ExitCode.CONFIG, "", "vestibule: " + wrong + ":3: unknown key gateway.http.prot; did you mean gateway.http.port?\n"));
    assertThat(run("run", "--conf", broken.toString())).matches(ended -> ended.code() == ExitCode.CONFIG && ended.err().lines().count() == 1);
  }

  @Test
  void aPortInUseIsOneLineOnStandardError() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = run("--port", Integer.toString(taken.getLocalPort()));

      assertThat(ended).matches(e -> e.code() == ExitCode.UNAVAILABLE && e.out().isEmpty() && e.err().lines().count() == 1);
    }
  }

  @Test
  void aNodeServesItsHealthAndStopsInGoodOrder() throws Exception {
    Process node = start("run", "--roles", "presence,admission,metrics", "--set", "operations.http-port=0",
        "--set", ownCluster(), "--set", "cluster.port=" + CLUSTER_PORT, "--set", "log.format=json");
    String url = JsonLines.first(node.inputReader(), "node_ready").getString("url").replace("/health", "");

    HttpResponse<String> ready = await(url + "/health/ready", response -> response.statusCode() == 200);
    assertThat(ready.headers().firstValue("X-Correlation-Id")).isPresent();
    assertThat(ready.headers().firstValue("X-Response-Time")).get().asString().matches("\\d+\\.\\d{3}ms");
    var health = new JsonObject(get(url + "/health").body());
    assertThat(health.getJsonObject("roles").fieldNames()).containsExactlyInAnyOrder("presence", "admission", "metrics");
    assertThat(health.getString("durability")).isEqualTo("memory");
    assertThat(health.getString("mode")).isEqualTo("development");
    assertThat(health.getJsonArray("members")).hasSize(1);
    assertThat(get(url + "/metrics").body()).contains("vestibule_build_info{", "jvm_memory_used_bytes{", "process_uptime_seconds");
    RawHttp.expectHeads(url, "/health", "/health/live", "/health/ready", "/metrics");
    assertThat(get(url + "/wp-admin")).matches(response -> response.statusCode() == 404
        && response.headers().firstValue("content-type").orElse("").equals("application/problem+json"));

    node.toHandle().destroy();
    assertThat(node.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).isEqualTo(ExitCode.OK);
    assertThat(new String(node.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aGatewayWithoutAnybodyWhoLeadsQueuesSaysSo() throws Exception {
    Process node = start("run", "--roles", "gateway", "--port", "0", "--set", ownCluster(), "--set", "cluster.port=" + CLUSTER_PORT, "--set", "log.format=json");
    String url = JsonLines.first(node.inputReader(), "node_ready").getString("url");

    await(url + "/health/ready", response -> response.statusCode() == 503 && new JsonObject(response.body()).getJsonArray("obstacles").equals(JsonArray.of("admission")));
    assertThat(get(url + "/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void aStartThatFailsTakesTheNodeDownAndIsOneLine() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // The bus listens when the node has joined the others already.
      Ended ended = run("--port", "0", "--set", ownCluster(), "--set", "cluster.port=" + CLUSTER_PORT, "--set", "cluster.bus-port=" + taken.getLocalPort());

      assertThat(ended.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(ended.err().lines()).singleElement().asString().contains("cluster.bus-port " + taken.getLocalPort());
    }
  }

  @Test
  void aSecondNodeJoinsByItselfAndOnePortServesAll() throws Exception {
    String cluster = ownCluster();
    String clusterPort = "cluster.port=" + CLUSTER_PORT;
    Process first = start("--port", "0", "--set", cluster, "--set", clusterPort, "--set", "log.format=json");
    BufferedReader log = first.inputReader();
    String firstUrl = JsonLines.first(log, "node_ready").getString("url");
    Process second = start("--port", "0", "--set", cluster, "--set", clusterPort, "--set", "log.format=json");

    assertThat(JsonLines.first(second.inputReader(), "node_ready").getString("url")).isNotEqualTo(firstUrl);
    assertThat(JsonLines.first(log, "member_joined").getInteger("members")).isEqualTo(2);
    var health = new JsonObject(get(firstUrl + "/health").body());
    assertThat(health.getJsonObject("roles").fieldNames()).contains("gateway");
    assertThat(health.getJsonArray("members")).hasSize(2);
    assertThat(get(firstUrl + "/metrics").body()).contains("vestibule_build_info{");
    await(firstUrl + "/health/ready", response -> response.statusCode() == 200);
    RawHttp.expectHeads(firstUrl, "/", "/health", "/health/live", "/health/ready", "/metrics");
  }

  @Test
  void aNodeWithoutAuthDoesNotJoinNodesThatHaveItNorTheOtherWayRound() throws Exception {
    String secret = "auth.jwt.secret=" + "s".repeat(32);
    for (boolean first : new boolean[] {true, false}) {
      String[] common = {"--port", "0", "--set", ownCluster(), "--set", "cluster.port=" + CLUSTER_PORT, "--set", "log.format=json", "--set"};
      BufferedReader serving = start(with(common, first ? secret : "log.level=info")).inputReader();
      JsonLines.first(serving, "node_ready");

      Ended refused = run(with(common, first ? "log.level=info" : secret));
      assertThat(refused.code()).isEqualTo(ExitCode.CONFIG);
      assertThat(refused.err().lines()).singleElement().asString().contains("development mode").contains("cluster.name");

      // Who lets nobody in goes with both. The one that was refused may have been seen for a moment.
      start(with(common, "node.roles=presence"));
      String roles;
      do {
        roles = JsonLines.first(serving, "member_joined").getString("roles");
      } while (!roles.equals("[presence]"));
    }
  }

  private static String[] with(String[] options, String last) {
    String[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = last;
    return all;
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  /** Asks until this is answered: a node that serves may still give partitions to another, and a look at a role may take too long the first time. */
  private HttpResponse<String> await(String url, Predicate<HttpResponse<String>> expected) throws IOException, InterruptedException {
    HttpResponse<String> response = get(url);
    for (long since = System.nanoTime(); !expected.test(response); response = get(url)) {
      assertThat(Duration.ofNanos(System.nanoTime() - since)).as("%s answers %s", url, response.body()).isLessThan(Duration.ofSeconds(DEADLINE_SECONDS));
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return response;
  }

  private Ended run(String... args) throws IOException, InterruptedException {
    Process process = start(args);
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
    return new Ended(process.exitValue(), text(process.getInputStream().readAllBytes()), text(process.getErrorStream().readAllBytes()));
  }

  private Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-jar", JAR.toString()));
    command.addAll(List.of(args));
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("VESTIBULE_") || name.equals("JAVA_TOOL_OPTIONS"));
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /** Nodes of other tests may come to the same ports, and stay strangers there. */
  private static String ownCluster() {
    return "cluster.name=jar-" + UUID.randomUUID();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private record Ended(int code, String out, String err) {}
}
