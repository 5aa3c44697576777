package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.node.config.ConfigLoader;
import io.vestibule.node.config.ConfigSources;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * The nodes of one test: a cluster of their own, by its name and its ports, with everything ended after the test. A test that fails leaves what each node printed in
 * {@code target/nodes/}, and its failure says where. To be registered as an extension in an instance field, so that each test has its own.
 */
public final class Nodes implements AfterEachCallback, TestExecutionExceptionHandler, AutoCloseable {
  /** A key that every node lets call the server API. */
  public static final String API_KEY = "system-tests-api-key";

  /** What every node believes the tokens of. */
  public static final String SECRET = "a shared secret for the system tests, long enough";
  /** So that a node believes the tokens of another from the first moment, however they met. */
  private static final String RESUME_SECRET = "a secret of resume tokens for the system tests, long enough";
  private static final int CLUSTER_PORTS = 20;
  private static final Duration MEMBERS_LIMIT = Duration.ofSeconds(90);
  private static final Path REPORTS = Path.of("target", "nodes").toAbsolutePath();

  private final String heap;
  private final String clusterName = "test-" + UUID.randomUUID();
  private final int clusterPort = Ports.freeRange(CLUSTER_PORTS);
  private final HttpClient http = HttpClient.newHttpClient();
  private final TokenMinter tokens = minter();
  private final List<VestibuleProcess> processes = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  /** Nodes of the size that is enough for most tests. */
  public Nodes() {
    this("256m");
  }

  /**
   * Larger ones.
   *
   * @param heap of each, as the JVM's {@code -Xmx} takes it
   */
  public Nodes(String heap) {
    this.heap = heap;
  }

  /** Starts a node with these further arguments and does not wait for it. */
  public VestibuleProcess launch(String name, String... arguments) throws IOException {
    return launch(VestibuleProcess.JAR, name, arguments);
  }

  /** As the other, from a jar of the test's own. */
  public VestibuleProcess launch(Path jar, String name, String... arguments) throws IOException {
    return launch(List.of(), jar, name, arguments);
  }

  /** As users start one, {@code java -jar} without an option of the JVM: for what is measured of a start, which those of the tests make shorter. */
  public VestibuleProcess launchPlain(String name, String... arguments) throws IOException {
    return add(VestibuleProcess.launch(name, List.of(), List.of(), VestibuleProcess.JAR, commandLine(name, arguments), http));
  }

  private VestibuleProcess launch(List<String> entrance, Path jar, String name, String... arguments) throws IOException {
    return add(VestibuleProcess.launch(name, entrance, heap, jar, commandLine(name, arguments), http));
  }

  private List<String> commandLine(String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of("run", "--port", "0",
        "--set", "node.name=" + name,
        "--set", "cluster.name=" + clusterName,
        "--set", "cluster.port=" + clusterPort,
        "--set", "cluster.port-count=" + CLUSTER_PORTS,
        "--set", "auth.jwt.secret=" + SECRET,
        "--set", "auth.api-keys=" + API_KEY,
        "--set", "admission.secret=" + RESUME_SECRET,
        "--set", "log.format=json"));
    all.addAll(Arrays.asList(arguments));
    return all;
  }

  private VestibuleProcess add(VestibuleProcess process) {
    processes.add(process);
    return process;
  }

  /** Starts a node and waits until it serves. */
  public VestibuleProcess start(String name, String... arguments) throws IOException, InterruptedException {
    VestibuleProcess process = launch(name, arguments);
    process.awaitReady();
    return process;
  }

  /** Starts so many nodes, named a, b, c and so on, at the same moment, and waits until they all serve as one cluster. */
  public List<VestibuleProcess> startCluster(int count, String... arguments) throws IOException, InterruptedException {
    List<VestibuleProcess> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      started.add(launch(String.valueOf((char) ('a' + i)), arguments));
    }
    return awaitStarted(started);
  }

  /** As the other, a node on each of these hosts, with its name. */
  public List<VestibuleProcess> startCluster(Networks networks, String... arguments) throws IOException, InterruptedException {
    List<VestibuleProcess> started = new ArrayList<>();
    for (String name : networks.names()) {
      started.add(launch(networks, VestibuleProcess.JAR, name, arguments));
    }
    return awaitStarted(started);
  }

  /** Starts a node on the host of its name and does not wait for it. */
  public VestibuleProcess launch(Networks networks, Path jar, String name, String... arguments) throws IOException {
    Networks.Host host = networks.host(name);
    List<String> members = networks.names().stream().map(member -> networks.host(member).clusterAddress() + ":" + clusterPort).toList();
    List<String> all = new ArrayList<>(List.of("--set", "cluster.host=" + host.clusterAddress(), "--set", "cluster.members=" + members,
        "--set", "gateway.http.host=" + host.clientAddress()));
    all.addAll(Arrays.asList(arguments));
    return launch(host.entrance(), jar, name, all.toArray(String[]::new));
  }

  /** Waits until these serve as one cluster. */
  public List<VestibuleProcess> awaitStarted(List<VestibuleProcess> started) throws InterruptedException {
    for (VestibuleProcess node : started) {
      node.awaitReady();
    }
    awaitOneCluster(started, MEMBERS_LIMIT);
    return started;
  }

  /**
   * Waits until each of these nodes sees exactly these.
   *
   * @return how long it took
   */
  public Duration awaitOneCluster(List<VestibuleProcess> nodes, Duration limit) {
    Set<String> names = nodes.stream().map(VestibuleProcess::name).collect(Collectors.toSet());
    return Eventually.within(limit, "each of " + names + " sees the others", () -> {
      for (VestibuleProcess node : nodes) {
        if (!node.members().equals(names)) {
          return false;
        }
      }
      return true;
    });
  }

  /** Waits until each of these nodes says that it is ready. */
  public void awaitReady(List<VestibuleProcess> nodes, Duration limit) {
    for (VestibuleProcess node : nodes) {
      Eventually.within(limit, "node " + node.name() + " is ready", node::isReady);
    }
  }

  /** Waits until so much time has gone by since a moment of {@link System#nanoTime}: for faults that last, never for an effect. */
  public static void awaitMoment(long sinceNanos, Duration time) {
    Eventually.within(time.plusSeconds(1), time + " have gone by", () -> System.nanoTime() - sinceNanos >= time.toNanos());
  }

  /**
   * Opens a socket to a node.
   *
   * @param name for messages of failures
   * @throws java.util.concurrent.CompletionException if the handshake is refused
   */
  public Client open(VestibuleProcess node, String name) {
    return open(node, name, frame -> {});
  }

  /** Opens a socket to a node and authenticates. */
  public Client connect(VestibuleProcess node, String userId) throws InterruptedException {
    Client client = open(node, userId);
    client.request(new JsonObject().put("type", "auth").put("token", token(userId)), "auth_success");
    return client;
  }

  /** As the other, and tells of each frame as it comes. */
  public Client open(VestibuleProcess node, String name, Consumer<Frame> observer) {
    Client client = Client.open(http, node.socketUrl(), name + "@" + node.name(), observer);
    synchronized (clients) {
      clients.add(client);
    }
    return client;
  }

  /** A token of an operator. */
  public String operatorToken() {
    return tokens.mint("operator", Duration.ofHours(1), new JsonObject().put("admin", true), System.currentTimeMillis());
  }

  /** A token that every node accepts. */
  public String token(String userId) {
    return tokens.mint(userId, Duration.ofHours(1), new JsonObject(), System.currentTimeMillis());
  }

  /** The name of the cluster. */
  public String clusterName() {
    return clusterName;
  }

  /** The first of the ports that the nodes' data grids listen on. */
  public int clusterPort() {
    return clusterPort;
  }

  /** A port that nobody listens on. */
  public int freePort() {
    return Ports.freeRange(1);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  /** Ends everything, for tests that remove what the nodes stand on. */
  @Override
  public void close() {
    synchronized (clients) {
      clients.forEach(Client::close);
    }
    processes.forEach(VestibuleProcess::close);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
    Path folder = REPORTS.resolve(context.getRequiredTestClass().getSimpleName() + "." + context.getRequiredTestMethod().getName());
    Files.createDirectories(folder);
    for (VestibuleProcess process : processes) {
      // One that was started again has the name of the one before.
      long before = processes.subList(0, processes.indexOf(process)).stream().filter(other -> other.name().equals(process.name())).count();
      Files.writeString(folder.resolve(process.name() + (before == 0 ? "" : "-" + (before + 1)) + ".log"), process.output());
    }
    thrown.addSuppressed(new AssertionError("what the nodes printed is in " + folder));
    throw thrown;
  }

  private static TokenMinter minter() {
    var sources = new ConfigSources(Optional.empty(), Map.of(), List.of("auth.jwt.secret=" + SECRET));
    return TokenMinter.of(ConfigLoader.load(sources).auth());
  }
}
