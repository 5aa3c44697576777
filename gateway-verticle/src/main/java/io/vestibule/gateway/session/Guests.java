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

/** Those of an event loop whom nobody asks who they are. They do not stand in the line and hold no slot; all else holds for them as for everybody. */
public final class Guests {
  private final ConnectionLoop connections;
  private final Subscriptions subscriptions;
  private final LoopTails tails;
  private final FeedPace pace;
  private final Map<Connection, Kept> begin = new HashMap<>();

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

  /** Says the first word, and brings what comes of these topics, which were looked at before, from now on; of durable ones, from when it is known where their logs end. */
  public void welcome(Connection guest, List<TopicPattern> topics) {
    guest.send(new ServerFrame.Connected(guest.id(), topics.stream().map(TopicPattern::text).toList()));
    for (TopicPattern topic : topics) {
      if (!tails.keeps(topic) && guest.state() instanceof Guest) {
        subscribe(guest, topic, Comeback.Answer.UNASKED);
      }
    }
    Kept kept = new Kept(guest, topics);
    begin.put(guest, kept);
    pace.add(kept);
  }

  /** A guest is not to have a topic; whether it was still to begin. */
  boolean withdraw(Connection guest, TopicPattern topic) {
    Kept kept = begin.get(guest);
    return kept != null && kept.left.remove(topic);
  }

  private void subscribe(Connection guest, TopicPattern topic, Comeback.Answer answer) {
    try {
      subscriptions.subscribe(guest, Guest.NOBODY, topic, false);
      subscriptions.begin(guest, topic, null, answer);
    } catch (Failure forbidden) {
      guest.close(CloseReason.FORBIDDEN);
    }
  }

  /** The durable topics of a guest. */
  private final class Kept implements FeedPace.Wishes {
    private final Connection guest;
    private final Set<TopicPattern> left = new LinkedHashSet<>();
    private final List<TopicPattern> patterns;

    Kept(Connection guest, List<TopicPattern> topics) {
      this.guest = guest;
      topics.stream().filter(tails::keeps).forEach(left::add);
      this.patterns = topics.stream().filter(topic -> !topic.isLiteral()).toList();
    }

    @Override
    public Future<?> next() {
      if (left.isEmpty() || !(guest.state() instanceof Guest)) {
        begin.remove(guest);
        return null;
      }
      TopicPattern topic = left.iterator().next();
      left.remove(topic);
      Beginning beginning = new Beginning(guest.holds(topic) || patterns.stream().anyMatch(pattern -> pattern.matches(topic.text())));
      subscribe(guest, topic, beginning);
      return guest.state() instanceof Guest ? beginning.known.future() : null;
    }
  }

  /** Nobody asked where it begins, and others wait for it. */
  private static final class Beginning implements Comeback.Answer {
    private final Promise<Void> known = Promise.promise();
    private final boolean hears;

    Beginning(boolean hears) {
      this.hears = hears;
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
      return hears;
    }

    @Override
    public boolean waits() {
      return true;
    }
  }
}
