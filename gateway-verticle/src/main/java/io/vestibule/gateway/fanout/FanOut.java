package io.vestibule.gateway.fanout;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.topic.MatchVisitor;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.SlowConsumerPolicy;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.topic.TopicRule;
import io.vestibule.gateway.transport.OutboundFrame;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings a message to the connections of one event loop that are subscribed to its topic: each gets it once, in a frame that all share. Those that matched by
 * wildcard only get the frame that names their pattern, and only where they might have subscribed to the topic itself.
 */
public final class FanOut {
  private final SubscriptionTrie<Connection> trie;
  private final Permissions permissions;
  private final GatewayMeters meters;
  private final Delivery delivery = new Delivery();
  private final Interest interest = new Interest();

  public FanOut(SubscriptionTrie<Connection> trie, Permissions permissions, GatewayMeters meters) {
    this.trie = trie;
    this.permissions = permissions;
    this.meters = meters;
  }

  /**
   * Delivers; never throws for what a single connection does.
   *
   * @return whether anybody is subscribed, the one that is not to get it counted too
   */
  public boolean deliver(FanMessage message) {
    delivery.begin(message, null);
    try {
      trie.match(message.topic(), delivery);
    } finally {
      delivery.end();
      meters.fanned(delivery.deliveries);
    }
    return delivery.matched;
  }

  /** Whether anybody is subscribed to a topic, those from whom it is withheld not counted. */
  public boolean isAwaited(String topic) {
    interest.begin(topic);
    trie.match(topic, interest);
    return interest.found;
  }

  /** A topic's log goes on in another epoch: those who hear it by its name get what comes after this place. */
  public void changed(String topic, Position place) {
    trie.match(topic, new MatchVisitor<>() {
      @Override
      public void literal(Connection connection) {
        connection.goesOn(topic, place);
      }

      @Override
      public void pattern(Connection connection, String pattern) {
        // What it hears so it may have from any place.
      }
    });
  }

  /** Looks for subscribers; used again for the next topic. */
  private final class Interest implements MatchVisitor<Connection> {
    private String topic;
    private boolean found;

    void begin(String next) {
      topic = next;
      found = false;
    }

    @Override
    public void literal(Connection connection) {
      found = found || !connection.withholds(topic);
    }

    @Override
    public void pattern(Connection connection, String pattern) {
      Principal principal = connection.principal();
      found = found || principal != null && !connection.withholds(topic) && permissions.mayReceive(principal, topic, permissions.rules().ruleFor(topic));
    }
  }

  /**
   * Delivers what is no message and need not arrive: whoever is too slow for it does not get it, whatever the topic's rule says.
   *
   * @return whether anybody is subscribed, the one that is not to get it counted too
   */
  public boolean hint(FanMessage message) {
    delivery.begin(message, SlowConsumerPolicy.DROP);
    try {
      trie.match(message.topic(), delivery);
    } finally {
      delivery.end();
    }
    return delivery.matched;
  }

  /** One message under way; used again for the next. */
  private final class Delivery implements MatchVisitor<Connection> {
    private final Map<String, OutboundFrame> byPattern = new HashMap<>();
    private long number;
    private FanMessage message;
    private TopicRule rule;
    private SlowConsumerPolicy policy;
    private OutboundFrame frame;
    /** Hints may overtake messages. */
    private boolean keepsOrder;
    private int deliveries;
    private boolean matched;

    void begin(FanMessage next, SlowConsumerPolicy instead) {
      number++;
      message = next;
      rule = permissions.rules().ruleFor(next.topic());
      policy = instead == null ? rule.slowConsumer() : instead;
      keepsOrder = instead == null;
      frame = new OutboundFrame(next.frame());
      deliveries = 0;
      matched = false;
    }

    void end() {
      frame.release();
      if (!byPattern.isEmpty()) {
        byPattern.values().forEach(OutboundFrame::release);
        byPattern.clear();
      }
    }

    @Override
    public void literal(Connection connection) {
      if (connection.firstMatch(number)) {
        deliver(connection, frame);
      }
    }

    @Override
    public void pattern(Connection connection, String pattern) {
      Principal principal = connection.principal();
      if (principal != null && permissions.mayReceive(principal, message.topic(), rule) && connection.firstMatch(number)) {
        // Other dialects do not tell by which pattern it came, so they need no more than one translation.
        deliver(connection, connection.speaksCore() ? byPattern.computeIfAbsent(pattern, this::patternFrame) : frame);
      }
    }

    private OutboundFrame patternFrame(String pattern) {
      Buffer named = FrameEncoder.withPattern(message.frame(), pattern);
      return new OutboundFrame(named);
    }

    private void deliver(Connection connection, OutboundFrame toSend) {
      matched = true;
      if (keepsOrder && (connection.withholds(message.topic()) || connection.putsOff(message.topic(), rule.durable()))) {
        return;
      }
      if (message.exceptConnection() == null || !message.exceptConnection().equals(connection.id())) {
        try {
          if (connection.deliver(toSend, message.topic(), policy)) {
            deliveries++;
          }
        } catch (RuntimeException e) {
          // Those who come after it are owed the message all the same.
          connection.fail(e);
        }
      }
    }
  }
}
