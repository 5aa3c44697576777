package io.vestibule.systemtests.harness;

import com.hazelcast.config.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.concurrent.TimeUnit;

/**
 * An application's own Vert.x instance that has joined a cluster of nodes as {@code docs/operations.md} says ("An application's own node"), with nothing of ours: no codec of a message, and, as its data grid sees it,
 * no class.
 */
public final class ApplicationNode implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final Vertx vertx;

  private ApplicationNode(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Joins the cluster that these nodes are. */
  public static ApplicationNode join(Nodes nodes) {
    Config config = ConfigUtil.loadConfig().setClusterName(nodes.clusterName()).setLiteMember(true);
    config.getNetworkConfig().setPort(nodes.freePort()).getJoin().getMulticastConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember("127.0.0.1:" + nodes.clusterPort());
    config.setClassLoader(new WithoutOurs(ApplicationNode.class.getClassLoader()));
    config.setProperty("hazelcast.phone.home.enabled", "false");
    return new ApplicationNode(await(Vertx.builder().withClusterManager(new HazelcastClusterManager(config)).buildClustered()));
  }

  /** Asks for the answer of this address, which may be a failure. */
  public Future<JsonObject> ask(String address, JsonObject body) {
    return vertx.eventBus().<JsonObject>request(address, body).map(Message::body);
  }

  /** Its Vert.x. */
  public Vertx vertx() {
    return vertx;
  }

  /** The result, waited for. */
  public static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  /** Refuses in a way that Hazelcast takes for an answer: after a {@link ClassNotFoundException} it would ask the loader of the tests. */
  private static final class WithoutOurs extends ClassLoader {
    WithoutOurs(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.vestibule.")) {
        throw new SecurityException("an application does not have " + name);
      }
      return super.loadClass(name, resolve);
    }
  }
}
