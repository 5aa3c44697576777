package io.vestibule.gateway.load;

import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.gateway.GatewayVerticle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What the gateway nodes of the cluster last said of themselves. One for a node; thread-safe. */
public final class ClusterLoads {
  private final Membership membership;
  private final LongSupplier epochMs;
  private final ClockSpread clocks = new ClockSpread();
  private final Map<String, GatewayLoad> heard = new ConcurrentHashMap<>();

  /**
   * Nothing was said yet.
   *
   * @param epochMs the clock of this node, Unix milliseconds
   */
  public ClusterLoads(Membership membership, LongSupplier epochMs) {
    this.membership = membership;
    this.epochMs = epochMs;
  }

  /** A node of the cluster that serves sockets, and what it said last: nothing, where it has just come. */
  public record Gateway(NodeRef node, Optional<GatewayLoad> load) {
    /** Whether it takes new sessions, as far as is known. */
    public boolean serves() {
      return load.map(known -> !known.draining()).orElse(true);
    }
  }

  /** A node has spoken. */
  public void hear(GatewayLoad load) {
    heard.put(load.node(), load);
    clocks.hear(load.node(), load.name(), load.clockMs(), epochMs.getAsLong());
  }

  /** The clocks of those who have spoken. */
  public ClockSpread clocks() {
    return clocks;
  }

  /** Forgets nodes that are gone. */
  public void tidy() {
    heard.keySet().removeIf(id -> membership.view().node(id).isEmpty());
    clocks.keep(heard::containsKey);
  }

  /** All gateway nodes that are alive. */
  public List<Gateway> all() {
    return membership.nodesWithRole(GatewayVerticle.ROLE).stream().map(node -> new Gateway(node, Optional.ofNullable(heard.get(node.id())))).toList();
  }

  /** The others that take new sessions. */
  public List<Gateway> others() {
    String self = membership.self().id();
    return all().stream().filter(gateway -> !gateway.node().id().equals(self) && gateway.serves()).toList();
  }
}
