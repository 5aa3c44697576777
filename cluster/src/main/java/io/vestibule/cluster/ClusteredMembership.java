package io.vestibule.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The membership that the cluster manager reports. Its news comes on Hazelcast's threads and only says that something happened; one
 * event loop then compares the list of nodes with what it knows and asks the newcomers who they are. Their answer is put into the cluster a
 * moment after they join, so it is asked for again until it comes. The list is also compared now and then without news.
 */
public final class ClusteredMembership implements Membership {
  private static final EventLog LOG = EventLog.of(Membership.class);
  private static final String NAME = "name";
  private static final String ROLES = "roles";
  private static final long ASK_AGAIN_MILLIS = 200;
  private static final long COMPARE_MILLIS = 2_000;
  private static final long INFO_DEADLINE_MILLIS = 5_000;

  private final Vertx vertx;
  private final ClusterManager manager;
  private final Context context;
  private final NodeTable table;
  private final Set<String> asking = new HashSet<>();
  private final List<Consumer<ClusterChange>> listeners = new CopyOnWriteArrayList<>();
  private long comparing;
  private volatile ClusterView view;
  private volatile boolean knowsAll;

  private ClusteredMembership(Vertx vertx, ClusterManager manager, NodeRef self) {
    this.vertx = vertx;
    this.manager = manager;
    this.context = vertx.getOrCreateContext();
    this.table = new NodeTable(self);
    this.view = table.view();
  }

  /**
   * Starts to watch the cluster that a clustered Vert.x instance has joined.
   *
   * @param self this node, with {@link ClusterManager#getNodeId} as its id
   */
  public static ClusteredMembership start(Vertx vertx, ClusterManager manager, NodeRef self) {
    ClusteredMembership membership = new ClusteredMembership(vertx, manager, self);
    NodeListener news = new NodeListener() {
      @Override
      public void nodeAdded(String nodeId) {
        membership.compareSoon();
      }

      @Override
      public void nodeLeft(String nodeId) {
        membership.compareSoon();
      }
    };
    // The manager calls the listener while it holds its own lock; taking it here makes the field visible to those threads.
    synchronized (manager) {
      manager.nodeListener(news);
    }
    membership.comparing = vertx.setPeriodic(COMPARE_MILLIS, timer -> membership.compareSoon());
    membership.compareSoon();
    return membership;
  }

  /** What a node puts into the cluster about itself, read back by {@link #start} of the others. */
  static JsonObject metadata(String name, Set<String> roles) {
    return new JsonObject().put(NAME, name).put(ROLES, new JsonArray(List.copyOf(roles)));
  }

  @Override
  public ClusterView view() {
    return view;
  }

  @Override
  public boolean knowsAll() {
    return knowsAll;
  }

  @Override
  public Registration watch(Consumer<ClusterChange> listener) {
    listeners.add(listener);
    return () -> {
      listeners.remove(listener);
      return Future.succeededFuture();
    };
  }

  /** Stops watching; the last view stays. */
  public void close() {
    vertx.cancelTimer(comparing);
    listeners.clear();
  }

  private void compareSoon() {
    context.runOnContext(nothing -> compare());
  }

  private void compare() {
    if (!manager.isActive()) {
      return;
    }
    publish(table.present(manager.getNodes()));
    for (String stranger : table.strangers()) {
      if (asking.add(stranger)) {
        ask(stranger);
      }
    }
  }

  private void ask(String nodeId) {
    Promise<NodeInfo> info = Promise.promise();
    manager.getNodeInfo(nodeId, info);
    info.future().timeout(INFO_DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(answer -> context.runOnContext(nothing -> {
          asking.remove(nodeId);
          if (answer.succeeded()) {
            publish(table.learned(describe(nodeId, answer.result())));
          } else if (table.strangers().contains(nodeId)) {
            vertx.setTimer(ASK_AGAIN_MILLIS, timer -> compareSoon());
          }
        }));
  }

  /** An application's own node on the bus tells nothing of this, or something of its own: it has no roles then. */
  private static NodeRef describe(String nodeId, NodeInfo info) {
    JsonObject metadata = info.metadata() == null ? new JsonObject() : info.metadata();
    String name = metadata.getValue(NAME) instanceof String text ? text : nodeId;
    Set<String> roles = metadata.getValue(ROLES) instanceof JsonArray array
        ? array.stream().filter(String.class::isInstance).map(String.class::cast).collect(Collectors.toSet())
        : Set.of();
    return new NodeRef(nodeId, name, roles);
  }

  private void publish(ClusterView now) {
    boolean all = table.strangers().isEmpty();
    if (now.version() == view.version()) {
      knowsAll = all;
      return;
    }
    ClusterChange change = new ClusterChange(view, now);
    // In this order: whoever reads that all are known reads a view that has them.
    knowsAll = knowsAll && all;
    view = now;
    knowsAll = all;
    change.joined().forEach(node -> log(LogEvent.MEMBER_JOINED, node, now));
    change.left().forEach(node -> log(LogEvent.MEMBER_LEFT, node, now));
    for (Consumer<ClusterChange> listener : listeners) {
      try {
        listener.accept(change);
      } catch (RuntimeException thrown) {
        LOG.error(LogEvent.INTERNAL_ERROR, null).cause(thrown).write();
      }
    }
  }

  private static void log(LogEvent event, NodeRef node, ClusterView now) {
    LOG.info(event, null).with(LogKey.NODE, node.name()).with(LogKey.ROLES, node.roles())
        .with(LogKey.MEMBERS, now.nodes().size()).write();
  }
}
