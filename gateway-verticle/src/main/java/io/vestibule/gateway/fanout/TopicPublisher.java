package io.vestibule.gateway.fanout;

import io.vertx.core.Future;
import io.vestibule.gateway.topic.TopicRules;

/** Publishes each topic as its rule says. */
public final class TopicPublisher implements Publisher {
  private final TopicRules rules;
  private final Publisher unkept;
  private final Publisher durable;

  /** Takes topics whose rule says durable to the one, all others to the other. */
  public TopicPublisher(TopicRules rules, Publisher unkept, Publisher durable) {
    this.rules = rules;
    this.unkept = unkept;
    this.durable = durable;
  }

  @Override
  public Future<Published> publish(Publication publication, String correlationId) {
    return (rules.ruleFor(publication.topic()).durable() ? durable : unkept).publish(publication, correlationId);
  }
}
