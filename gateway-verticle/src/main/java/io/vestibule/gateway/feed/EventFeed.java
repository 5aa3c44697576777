package io.vestibule.gateway.feed;

import io.vertx.core.http.HttpServerRequest;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.drain.NodeDrain;
import io.vestibule.gateway.metrics.FeedMeters;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.Guests;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.transport.Opening;
import io.vestibule.gateway.transport.Transport;
import io.vestibule.gateway.transport.TransportListener;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** {@code /events/subscribe} of an event loop: whoever comes hears what anybody may of the topics that he picks. What he may not is told to his request, before there is a socket. */
public final class EventFeed implements Opening.Kind {
  private static final String TOPICS = "topics";
  private static final String ALL = "public.**";
  private static final long FULL_RETRY_MS = 5_000;
  private static final Principal NOBODY = Principal.anonymous();

  private final Guests guests;
  private final Permissions permissions;
  private final NodeDrain drain;
  private final Consumer<ErrorReason> refusals;
  private final FeedMeters.Feed meters;
  private final int mostGuests;
  private final int mostTopics;
  private final EventDialect dialect;

  /**
   * The feed of an event loop.
   *
   * @param refusals is told why a socket was not let in that might have been at another time
   * @param meters the node's
   * @param mostGuests on the node, 0 for no limit
   * @param mostTopics of one
   */
  public EventFeed(Guests guests, Permissions permissions, NodeDrain drain, Consumer<ErrorReason> refusals, FeedMeters.Feed meters, int mostGuests, int mostTopics) {
    this.guests = guests;
    this.permissions = permissions;
    this.drain = drain;
    this.refusals = refusals;
    this.meters = meters;
    this.mostGuests = mostGuests;
    this.mostTopics = mostTopics;
    this.dialect = new EventDialect(meters);
  }

  @Override
  public Opening of(HttpServerRequest request) {
    List<TopicPattern> topics = topicsOf(request.params().getAll(TOPICS));
    // A cluster that drains takes sockets of people who have a place in the line; guests have none.
    Optional<Failure> refused = drain.refusesJoin();
    if (refused.isEmpty() && !meters.enter(mostGuests)) {
      refused = Optional.of(Failure.of(ErrorReason.NODE_FULL).retryAfter(FULL_RETRY_MS));
    }
    refused.ifPresent(failure -> {
      refusals.accept(failure.reason());
      throw failure;
    });
    return new Guest(topics);
  }

  private List<TopicPattern> topicsOf(List<String> asked) {
    if (asked.size() > 1) {
      throw Failure.ofField(ErrorReason.DUPLICATE_KEY, TOPICS, "The parameter 'topics' appears twice; separate topics by commas.");
    }
    // With -1 a comma at the end is an empty topic, like any other that is malformed.
    Set<String> picked = new LinkedHashSet<>(List.of((asked.isEmpty() ? ALL : asked.get(0)).split(",", -1)));
    if (picked.size() > mostTopics) {
      throw Failure.of(ErrorReason.TOO_MANY_SUBSCRIPTIONS).with("limit", mostTopics);
    }
    List<TopicPattern> topics = picked.stream().map(TopicPattern::parse).toList();
    topics.forEach(topic -> permissions.checkSubscribe(NOBODY, topic));
    guests.requireBeginning(topics);
    return topics;
  }

  /** Somebody who may come in. */
  private final class Guest implements Opening {
    private final List<TopicPattern> topics;

    Guest(List<TopicPattern> topics) {
      this.topics = topics;
    }

    @Override
    public TransportListener opened(Transport transport, String address) {
      meters.opened();
      return guests.open(transport, address, dialect);
    }

    @Override
    public void reading(TransportListener connection) {
      guests.welcome((Connection) connection, topics);
    }

    @Override
    public void failed() {
      meters.left();
    }
  }
}
