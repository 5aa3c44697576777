package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.session.ConnectionState.Anonymous;
import io.vestibule.gateway.session.ConnectionState.Guest;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.transport.Transport;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Those of an event loop whom nobody asks who they are. They do not stand in the line and hold no slot; all else holds for them as for everybody. */
public final class Guests {
  private static final long PREPARES_MS = 1_000;

  private final ConnectionLoop connections;
  private final Subscriptions subscriptions;
  private final LoopTails tails;
  private final FeedPace pace;
  private final Map<Connection, Arrival> arrivals = new HashMap<>();

  public Guests(ConnectionLoop connections, Subscriptions subscriptions, LoopTails tails, FeedPace pace) {
    this.connections = connections;
    this.subscriptions = subscriptions;
    this.tails = tails;
    this.pace = pace;
  }

  /**
   * Demands that it can be told where these topics begin for somebody who comes now.
   *
   * @throws Failure {@code STORE_UNAVAILABLE}
   */
  public void requireBeginning(List<TopicPattern> topics) {
    topics.forEach(subscriptions::requireBeginning);
  }

  /** A socket of a guest was opened. */
  public Connection open(Transport transport, String remote, Dialect dialect) {
    Connection guest = connections.open(transport, remote, dialect);
    guest.transition(((Anonymous) guest.state()).toGuest());
    return guest;
  }

  /**
   * Says the first word as soon as it is known where the durable ones of these topics, which were looked at before, begin; what comes of them, and of all others, comes from then on. After a second it is said
   * all the same, and what is not known by then begins later.
   */
  public void welcome(Connection guest, List<TopicPattern> topics) {
    Arrival arrival = new Arrival(guest, topics);
    guest.await();
    if (arrival.left.isEmpty()) {
      arrival.greet();
    } else {
      arrivals.put(guest, arrival);
      tails.promise().future().timeout(PREPARES_MS, TimeUnit.MILLISECONDS).onComplete(late -> arrival.greet());
      pace.add(arrival);
    }
  }

  /** A guest is not to have a topic; whether it was still to begin. */
  boolean withdraw(Connection guest, TopicPattern topic) {
    Arrival arrival = arrivals.get(guest);
    return arrival != null && arrival.left.remove(topic);
  }

  /** A guest with what it came for. */
  private final class Arrival implements FeedPace.Wishes {
    private final Connection guest;
    private final List<TopicPattern> topics;
    private final List<TopicPattern> patterns;
    /** Durable topics that have not been asked for. */
    private final Set<TopicPattern> left = new LinkedHashSet<>();
    private int underWay;
    private boolean greeted;

    Arrival(Connection guest, List<TopicPattern> topics) {
      this.guest = guest;
      this.topics = topics;
      this.patterns = topics.stream().filter(topic -> !topic.isLiteral()).toList();
      topics.stream().filter(tails::keeps).forEach(left::add);
    }

    @Override
    public Future<?> next() {
      if (left.isEmpty() || !isThere()) {
        arrivals.remove(guest);
        return null;
      }
      TopicPattern topic = left.iterator().next();
      left.remove(topic);
      Beginning beginning = new Beginning(this, topic);
      underWay++;
      beginning.known.future().onComplete(known -> {
        underWay--;
        if (left.isEmpty() && underWay == 0) {
          greet();
        }
      });
      subscribe(topic);
      if (isThere() && greeted) {
        tails.begin(guest, topic.text(), null, beginning);
      } else if (isThere()) {
        tails.beginHeld(guest, topic.text(), null, null, beginning);
      }
      return beginning.known.future();
    }

    private boolean isThere() {
      return guest.state() instanceof Guest;
    }

    private void subscribe(TopicPattern topic) {
      try {
        subscriptions.subscribe(guest, Guest.NOBODY, topic, false);
      } catch (Failure forbidden) {
        guest.close(CloseReason.FORBIDDEN);
      }
    }

    private void greet() {
      if (greeted) {
        return;
      }
      greeted = true;
      if (isThere()) {
        guest.send(new ServerFrame.Connected(guest.id(), topics.stream().map(TopicPattern::text).toList()));
      }
      topics.stream().filter(topic -> !tails.keeps(topic) && isThere()).forEach(this::subscribe);
      guest.comingBackTo().forEach(topic -> tails.release(guest.comeback(topic)));
      guest.goOn();
    }
  }

  /** Nobody asked where a topic begins, and the first word and others wait for it. */
  private static final class Beginning implements Comeback.Answer {
    private final Arrival arrival;
    private final TopicPattern topic;
    private final Promise<Void> known = Promise.promise();

    Beginning(Arrival arrival, TopicPattern topic) {
      this.arrival = arrival;
      this.topic = topic;
    }

    @Override
    public void begun(Position head, Boolean recovered) {
      known.tryComplete();
    }

    @Override
    public void ended() {
      known.tryComplete();
    }

    @Override
    public boolean isAgain() {
      return arrival.greeted && arrival.patterns.stream().anyMatch(pattern -> pattern.matches(topic.text()));
    }

    @Override
    public boolean waits() {
      return true;
    }
  }
}
