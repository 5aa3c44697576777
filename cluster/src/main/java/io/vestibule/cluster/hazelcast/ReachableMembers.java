package io.vestibule.cluster.hazelcast;

import com.hazelcast.config.TcpIpConfig;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The members that a running node looks for when it searches for the other half of a partition: each time those of the configured, and of those that it has seen, that are not in its half and answer just
 * then. Hazelcast asks them one after the other and waits 5 s for each that takes no connection and 10 s for one that takes it and is frozen, in an order of its own; with twenty
 * ports of which two are nodes, a node that had been frozen would find the others after more than a minute.
 */
final class ReachableMembers extends TcpIpConfig {
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Where nodes come and go with new addresses each time, the oldest are forgotten. */
  private static final int MOST_SEEN = 200;

  /**
   * Who answers anew is asked a moment later. A node that has just thawed finds out that it is alone, and closes its connections then; the answer to a question of that moment gets lost with them, and
   * Hazelcast would wait 10 s for it.
   */
  private static final Duration SETTLED = Duration.ofMillis(1_500);

  private final Supplier<Set<InetSocketAddress>> here;
  private final LongSupplier nanos;
  private final Duration patience;
  private final Set<String> seen = new LinkedHashSet<>();
  private final Map<String, Long> answeringSince = new HashMap<>();

  /**
   * The members to look for.
   *
   * @param here those that are in this node's half already
   * @param nanos the monotonic clock
   */
  ReachableMembers(List<String> members, Supplier<Set<InetSocketAddress>> here, LongSupplier nanos) {
    this(members, here, nanos, PATIENCE);
  }

  /** With so much time for those that say nothing. */
  ReachableMembers(List<String> members, Supplier<Set<InetSocketAddress>> here, LongSupplier nanos, Duration patience) {
    this.here = here;
    this.nanos = nanos;
    this.patience = patience;
    setEnabled(true);
    setMembers(members);
  }

  /** There was a member at this address: it is looked for when it is not there any more, whether it is configured or not. */
  void saw(InetSocketAddress address) {
    synchronized (seen) {
      String name = address.getAddress().getHostAddress() + ":" + address.getPort();
      seen.remove(name);
      seen.add(name);
      if (seen.size() > MOST_SEEN) {
        seen.remove(seen.iterator().next());
      }
    }
  }

  /** Greets all of them at once; called on a thread of Hazelcast's that does nothing else. A host alone stands for several ports, which are Hazelcast's to try. */
  @Override
  public List<String> getMembers() {
    Set<String> members = new LinkedHashSet<>(super.getMembers());
    synchronized (seen) {
      members.addAll(seen);
    }
    Set<InetSocketAddress> known = here.get();
    Map<String, InetSocketAddress> elsewhere = new LinkedHashMap<>();
    for (String member : members) {
      int colon = member.lastIndexOf(':');
      if (colon > 0) {
        var address = new InetSocketAddress(member.substring(0, colon), Integer.parseInt(member.substring(colon + 1)));
        if (!address.isUnresolved() && !known.contains(address)) {
          elsewhere.put(member, address);
        }
      }
    }
    Set<SocketAddress> answering = SilentPorts.answering(List.copyOf(elsewhere.values()), patience);
    return members.stream().filter(member -> member.lastIndexOf(':') < 0 || hasSettled(member, answering.contains(elsewhere.get(member)))).toList();
  }

  private synchronized boolean hasSettled(String member, boolean answers) {
    if (!answers) {
      answeringSince.remove(member);
      return false;
    }
    long now = nanos.getAsLong();
    return now - answeringSince.computeIfAbsent(member, key -> now) >= SETTLED.toNanos();
  }
}
