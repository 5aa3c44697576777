package io.vestibule.cluster;

import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Real clustered nodes in this JVM, on ports that nobody else uses; all of them are stopped with it. */
public final class TestCluster implements AutoCloseable {
  /** Enough for anything that works, on any machine. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PORTS = 5;
  private static final int PORTS_OF_A_JVM = 5_000;
  /** Whose port is free may be down for a moment only. */
  private static final Set<Integer> GIVEN = new HashSet<>();
  private static final int LOWEST_PORT = 15_000 + PORTS_OF_A_JVM * ((Integer.getInteger("test.fork", 1) - 1) % 3);

  private final String name = "test-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final int port = freeRange(PORTS);
  private final List<ClusterNode> nodes = new ArrayList<>();

  /** Two nodes with these roles, and nothing of what they will hold has to move any more. */
  public static TestCluster ofTwo(String... roles) {
    TestCluster two = new TestCluster();
    two.start("first", roles);
    two.start("second", roles);
    two.settle();
    return two;
  }

  /** The first of those that run, or the next. */
  public ClusterNode node(int index) {
    return nodes.get(index);
  }

  public ClusterConfig config() {
    return config(new ClusterConfig.Tls("", "", ""));
  }

  public ClusterConfig config(ClusterConfig.Tls tls) {
    return new ClusterConfig(name, "127.0.0.1", "", port, PORTS, 0, List.of(), "", 1, Duration.ofSeconds(3),
        Duration.ofSeconds(10), tls);
  }

  public ClusterNode start(String nodeName, String... roles) {
    return start(config(), nodeName, roles);
  }

  public ClusterNode start(ClusterConfig config, String nodeName, String... roles) {
    ClusterNode node = await(launch(config, nodeName, roles));
    nodes.add(node);
    return node;
  }

  /** Waits until what the nodes hold has moved to where it belongs: a call that meets a partition on its way may pass its deadline on a busy machine. */
  public void settle() {
    eventually(() -> nodes.stream().allMatch(node -> await(node.isSafe(Duration.ofSeconds(5)))));
  }

  /** Starts without waiting. */
  public Future<ClusterNode> launch(ClusterConfig config, String nodeName, String... roles) {
    return ClusterLauncher.launch(config, nodeName, Set.of(roles), new VertxOptions().setEventLoopPoolSize(2));
  }

  /** Also stops this node in the end. */
  public ClusterNode adopt(ClusterNode node) {
    nodes.add(node);
    return node;
  }

  /** Ends a node as a kill would: no goodbye, its links just close. */
  public void kill(ClusterNode node) {
    node.hazelcast().getLifecycleService().terminate();
    node.vertx().close();
    nodes.remove(node);
  }

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds() + 10, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed.getCause() == null ? failed : failed.getCause());
    }
  }

  /** Why it failed; null if it did not. */
  public static Throwable failureOf(Future<?> future) {
    return await(future.map(result -> (Throwable) null).otherwise(thrown -> thrown));
  }

  /** Waits for a condition. */
  public static void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the condition did not come true within " + PATIENCE);
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    List<Future<Void>> closing = nodes.stream().map(ClusterNode::close).toList();
    await(Future.join(closing).mapEmpty());
  }

  /** A port that nobody listens on: below those that outgoing connections take, and none of the tests' in another JVM beside this, so that nobody takes it while its server is not up. */
  public static int freePort() {
    return freeRange(1);
  }

  private static int freeRange(int count) {
    for (int attempt = 0; attempt < 100; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(LOWEST_PORT, LOWEST_PORT + PORTS_OF_A_JVM - count);
      List<Integer> range = IntStream.range(first, first + count).boxed().toList();
      synchronized (GIVEN) {
        if (Collections.disjoint(GIVEN, range) && range.stream().allMatch(TestCluster::isFree)) {
          GIVEN.addAll(range);
          return first;
        }
      }
    }
    throw new IllegalStateException("no free ports");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
