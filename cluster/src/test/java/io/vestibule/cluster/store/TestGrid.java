package io.vestibule.cluster.store;

import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vestibule.cluster.ClusterConfig;
import io.vestibule.cluster.ClusterLauncher;
import io.vestibule.cluster.ClusterNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Real clustered nodes in this JVM, on ports and under a name of their own. */
public final class TestGrid implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PORTS = 5;

  private final String name = "stores-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final int port = freeRange(PORTS);
  private final List<ClusterNode> nodes = new ArrayList<>();

  public ClusterNode start(String nodeName) {
    return start(nodeName, "admission");
  }

  public ClusterNode start(String nodeName, String role) {
    ClusterConfig config = new ClusterConfig(name, "127.0.0.1", "", port, PORTS, 0, List.of(), "", 1, Duration.ofSeconds(3), Duration.ofSeconds(10),
        new ClusterConfig.Tls("", "", ""));
    ClusterNode node = await(ClusterLauncher.launch(config, nodeName, Set.of(role), new VertxOptions().setEventLoopPoolSize(2)));
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
      return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed.getCause() == null ? failed : failed.getCause());
    }
  }

  public static Throwable failureOf(Future<?> future) {
    return await(future.map(result -> (Throwable) new AssertionError("succeeded")).otherwise(thrown -> thrown));
  }

  /** Waits for a condition. */
  public static void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the condition did not come true within " + PATIENCE);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    await(Future.join(nodes.stream().map(ClusterNode::close).toList()).mapEmpty());
  }

  /** A port that nobody listens on, below those that the kernel gives away by itself: a server that comes back finds it free. */
  public static int freePort() {
    return freeRange(1);
  }

  private static int freeRange(int count) {
    for (int attempt = 0; attempt < 100; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(15_000, 20_000);
      if (java.util.stream.IntStream.range(first, first + count).allMatch(TestGrid::isFree)) {
        return first;
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
