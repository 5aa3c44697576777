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
  private final Map<Connection, Visit> visits = new HashMap<>();

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
    Visit visit = new Visit(guest, topics);
    if (visit.left.isEmpty()) {
      visit.greet();
      return;
    }
    visits.put(guest, visit);
    guest.await();
    visit.known.future().timeout(PREPARES_MS, TimeUnit.MILLISECONDS).onComplete(done -> {
      visit.greet();
      guest.goOn();
    });
    pace.add(visit);
  }

  /** A guest is not to have a topic; whether it was still to begin. */
  boolean withdraw(Connection guest, TopicPattern topic) {
    Visit visit = visits.get(guest);
    return visit != null && visit.left.remove(topic);
  }

  /** A guest with what it came for. */
  private final class Visit implements FeedPace.Wishes {
    private final Connection guest;
    private final List<TopicPattern> topics;
    /** Durable topics that have not been asked for. */
    private final Set<TopicPattern> left = new LinkedHashSet<>();
    private final Promise<Void> known = tails.promise();
    private int underWay;
    private boolean greeted;

    Visit(Connection guest, List<TopicPattern> topics) {
      this.guest = guest;
      this.topics = topics;
      topics.stream().filter(tails::keeps).forEach(left::add);
    }

    @Override
    public Future<?> next() {
      if (left.isEmpty() || !isThere()) {
        visits.remove(guest);
        knowsAll();
        return null;
      }
      TopicPattern topic = left.iterator().next();
      left.remove(topic);
      Beginning beginning = new Beginning(this, topic);
      underWay++;
      subscribe(topic);
      if (greeted) {
        tails.begin(guest, topic.text(), null, beginning);
      } else {
        tails.beginHeld(guest, topic.text(), null, null, beginning);
      }
      return beginning.known.future();
    }

    private void begun() {
      underWay--;
      knowsAll();
    }

    private void knowsAll() {
      if (underWay == 0 && left.isEmpty() || !isThere()) {
        known.tryComplete();
      }
    }

    private boolean isThere() {
      return guest.state() instanceof Guest;
    }

    /** What was looked at before the socket was opened is permitted still: the rules are the node's, and nobody has a token. */
    private void subscribe(TopicPattern topic) {
      subscriptions.subscribe(guest, Guest.NOBODY, topic, false);
    }

    private boolean hearsByPattern(String topic) {
      return topics.stream().anyMatch(pattern -> !pattern.isLiteral() && pattern.matches(topic));
    }

    private void greet() {
      greeted = true;
      if (!isThere()) {
        return;
      }
      guest.send(new ServerFrame.Connected(guest.id(), topics.stream().map(TopicPattern::text).toList()));
      topics.stream().filter(topic -> !tails.keeps(topic) && isThere()).forEach(this::subscribe);
      for (String topic : guest.comingBackTo()) {
        if (hearsByPattern(topic)) {
          tails.owe(topic);
        }
        tails.release(guest.comeback(topic));
      }
    }
  }

  /** Nobody asked where a topic begins, and the first word and others wait for it. */
  private static final class Beginning implements Comeback.Answer {
    private final Visit visit;
    private final TopicPattern topic;
    private final Promise<Void> known = Promise.promise();

    Beginning(Visit visit, TopicPattern topic) {
      this.visit = visit;
      this.topic = topic;
    }

    @Override
    public void begun(Position head, Boolean recovered) {
      end();
    }

    @Override
    public void ended() {
      end();
    }

    private void end() {
      if (known.tryComplete()) {
        visit.begun();
      }
    }

    @Override
    public boolean isAgain() {
      return visit.greeted && visit.hearsByPattern(topic.text());
    }

    @Override
    public boolean waits() {
      return true;
    }
  }
}
