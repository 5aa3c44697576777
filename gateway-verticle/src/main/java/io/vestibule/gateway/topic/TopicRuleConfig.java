package io.vestibule.gateway.topic;

import java.time.Duration;

/**
 * One entry of the {@code topics} list as it stands in the file; a key that is not given is null and means the default of its kind.
 *
 * @param historyBytes bytes kept of a durable topic, 0 for the store's own bound
 * @param maxPayload bytes of {@code data}, 0 for the limit of a message
 */
public record TopicRuleConfig(
    String pattern,
    String subscribe,
    String publish,
    Boolean durable,
    Integer historySize,
    Duration historyTime,
    Long historyBytes,
    Boolean presence,
    Duration presenceGrace,
    Boolean presenceAway,
    Boolean notifyReconnected,
    Long maxPayload,
    String slowConsumer,
    Boolean open) {}
