package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.admission.core.QueueRules;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.admission.QueueSettings;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Says now and then which queues this node is configured with, and warns once of each queue of each other node for which that is not the same. One event loop. */
final class SettingsWatch {
  private static final EventLog LOG = EventLog.of(SettingsWatch.class);
  private static final long EVERY_MILLIS = 10_000;

  private final Membership membership;
  private final QueueSettings own;
  private final Set<Warned> warned = new HashSet<>();

  private record Warned(String node, String queue) {}

  /**
   * A watch.
   *
   * @param queues that this node is configured with
   */
  SettingsWatch(Membership membership, Collection<QueueRules> queues) {
    NodeRef self = membership.self();
    this.membership = membership;
    this.own = new QueueSettings(self.id(), self.name(), queues.stream().sorted(Comparator.comparing(QueueRules::name))
        .map(rules -> new QueueSettings.Queue(rules.name(), rules.capacity(), rules.admissionsPerSecond())).toList());
  }

  /** Begins, on the calling context. */
  Future<Registration> start(Vertx vertx, Bus bus) {
    return bus.subscribe(Addresses.ADMISSION_SETTINGS, this::heard).map(heard -> {
      bus.publish(Addresses.ADMISSION_SETTINGS, own, null);
      long timer = vertx.setPeriodic(EVERY_MILLIS, now -> bus.publish(Addresses.ADMISSION_SETTINGS, own, null));
      return () -> {
        vertx.cancelTimer(timer);
        return heard.close();
      };
    });
  }

  /** Another node has spoken, or this one. */
  void heard(QueueSettings other) {
    if (other.node().equals(own.node())) {
      return;
    }
    warned.removeIf(known -> !isKnown(known.node));
    if (!isKnown(other.node())) {
      // It has just come, and speaks again soon, or has gone.
      return;
    }
    Map<String, QueueSettings.Queue> here = byName(own);
    Map<String, QueueSettings.Queue> there = byName(other);
    Set<String> names = new TreeSet<>(here.keySet());
    names.addAll(there.keySet());
    for (String queue : names) {
      if (!described(here.get(queue)).equals(described(there.get(queue))) && warned.add(new Warned(other.node(), queue))) {
        LOG.warn(LogEvent.QUEUE_CONFIG_DIFFERS, null).with(LogKey.QUEUE, queue).with(LogKey.NODE, other.name())
            .with(LogKey.DETAIL, own.name() + ": " + described(here.get(queue)) + "; " + other.name() + ": " + described(there.get(queue))).write();
      }
    }
  }

  private boolean isKnown(String node) {
    return membership.view().node(node).isPresent();
  }

  private static Map<String, QueueSettings.Queue> byName(QueueSettings settings) {
    return settings.queues().stream().collect(Collectors.toMap(QueueSettings.Queue::queue, Function.identity(), (first, again) -> first));
  }

  private static String described(QueueSettings.Queue queue) {
    return queue == null ? "not configured" : "capacity " + queue.capacity() + ", admissions-per-second " + queue.admissionsPerSecond();
  }
}
