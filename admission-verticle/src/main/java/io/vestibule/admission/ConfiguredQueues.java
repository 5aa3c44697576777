package io.vestibule.admission;

import io.vestibule.admission.core.QueueRules;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The rules of each queue that the configuration has. */
public final class ConfiguredQueues {
  private ConfiguredQueues() {}

  /** By name; {@code default} is always there. */
  public static Map<String, QueueRules> of(AdmissionConfig config) {
    Map<String, Long> credits = config.classes().stream()
        .collect(Collectors.toUnmodifiableMap(AdmissionConfig.PriorityClass::name, known -> known.credit().toMillis()));
    Map<String, QueueRules> rules = new HashMap<>();
    rules.put(AdmissionConfig.DEFAULT_QUEUE, rules(AdmissionConfig.DEFAULT_QUEUE, config.capacity(), config.admissionsPerSecond(), credits, config));
    config.queues().forEach(queue -> rules.put(queue.name(), rules(queue.name(), queue.capacity(), queue.admissionsPerSecond(), credits, config)));
    return Map.copyOf(rules);
  }

  private static QueueRules rules(String name, int capacity, int admissionsPerSecond, Map<String, Long> credits, AdmissionConfig config) {
    return new QueueRules(name, capacity, admissionsPerSecond, credits, config.maxConnectionsPerUser(),
        config.onTooMany() == AdmissionConfig.TooMany.REPLACE_OLDEST, config.slotGrace().toMillis(), config.sessionTtl().toMillis(),
        config.claimTime().toMillis(), config.awayTime().toMillis(), config.maxWaiting(), config.maxSessionState(), config.userJoins(),
        !config.queues().isEmpty());
  }
}
