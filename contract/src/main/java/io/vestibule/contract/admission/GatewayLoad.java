package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * How a gateway node is, said each second to all coordinators: what it offers, and whether it can take more.
 *
 * @param node the node id
 * @param name what operators call it
 * @param maxConnections sockets it offers; 0 for no limit
 * @param connections sockets it holds
 * @param loopLagMs how late its event loops were at the worst since the last message
 * @param heapAfterGc how full the heap was after the last collection, in thousandths
 * @param cpu the share of the processors that the process uses, in thousandths
 * @param draining whether it takes no new sessions
 * @param clockMs what time it is by its clock, Unix milliseconds
 */
public record GatewayLoad(
    String node, String name, int maxConnections, int connections, int loopLagMs, int heapAfterGc, int cpu, boolean draining, long clockMs) {
  public static final RecordCodec<GatewayLoad> CODEC = RecordCodec.of("vestibule.gateway.load.v1",
      (out, m) -> out.putString(m.node).putString(m.name).putInt(m.maxConnections).putInt(m.connections).putInt(m.loopLagMs)
          .putInt(m.heapAfterGc).putInt(m.cpu).putBoolean(m.draining).putLong(m.clockMs),
      in -> new GatewayLoad(in.getString(), in.getString(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getBoolean(), in.getLong()));

  public GatewayLoad {
    Objects.requireNonNull(node);
    Objects.requireNonNull(name);
  }
}
