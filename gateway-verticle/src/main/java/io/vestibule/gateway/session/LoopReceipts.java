package io.vestibule.gateway.session;

import io.vestibule.cluster.Bus;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.contract.message.ReceiptNotice;
import io.vestibule.contract.message.ReceiptNotice.Receipt;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.members.core.Mark;
import io.vestibule.gateway.topic.SubscriptionTrie;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells members of topics how far the others are: all of it when a subscription begins, and then what is new, joined, after it is stored. Only those who are subscribed by the topic's name are told, and who is too
 * slow for it misses it: what comes later says more. One event loop.
 */
public final class LoopReceipts {
  /** Members of all topics of whom it is remembered how far they are; what is told of a topic that was given up is judged when it was read again. */
  private static final int MOST_PEOPLE = 100_000;
  private static final long SWEEP_MS = 10_000;

  private final Bus bus;
  private final TopicReceipts.Parts parts;
  /** The one that was spoken of last comes last. */
  private final LinkedHashMap<String, TopicReceipts> topics = new LinkedHashMap<>(16, 0.75f, true);
  private long sweptMs;

  /** Those of an event loop. */
  public LoopReceipts(Bus bus, NodeMemberships memberships, SubscriptionTrie<Connection> trie, LoopClock clock) {
    this.bus = bus;
    this.parts = new TopicReceipts.Parts(memberships, trie, clock);
  }

  /** Somebody's subscription has begun: he is told how far the members are, as soon as that is known. */
  void begun(Connection connection, String name) {
    topics.computeIfAbsent(name, any -> new TopicReceipts(parts, name)).begun(connection);
  }

  /** Places were written. */
  public void written(List<CursorMove> moves, long[] places) {
    Map<String, Map<String, Mark>> said = new HashMap<>();
    for (int i = 0; i < places.length; i++) {
      CursorMove move = moves.get(i);
      String user = places[i] < 0 || move.epoch() == 0 ? null : Cursor.member(move.name());
      if (user != null) {
        Position at = new Position(move.epoch(), places[i]);
        Mark mark = Cursor.isRead(move.name()) ? new Mark(null, at) : new Mark(at, null);
        said.computeIfAbsent(move.topic(), any -> new HashMap<>()).merge(user, mark, (a, b) -> a.with(a.news(b)));
      }
    }
    said.forEach(this::tellOthers);
  }

  private void tellOthers(String name, Map<String, Mark> said) {
    TopicReceipts topic = topics.get(name);
    List<Receipt> news = new ArrayList<>();
    said.forEach((user, mark) -> {
      Mark more = topic == null ? mark : topic.news(user, mark);
      if (more != null) {
        news.add(new Receipt(user, epoch(more.delivered()), offset(more.delivered()), epoch(more.read()), offset(more.read())));
      }
    });
    if (!news.isEmpty()) {
      bus.publish(Addresses.RECEIPTS, new ReceiptNotice(name, news), null);
    }
  }

  private static long epoch(Position place) {
    return place == null ? 0 : place.epoch();
  }

  private static long offset(Position place) {
    return place == null ? 0 : place.offset();
  }

  /** Hears how far members are, here or on another node. */
  public void told(ReceiptNotice notice) {
    TopicReceipts topic = topics.get(notice.topic());
    if (topic == null) {
      topic = anew(notice.topic());
    }
    if (topic != null) {
      topic.told(notice.receipts());
    }
  }

  /** A topic that was given up, and that somebody is subscribed to; null where nobody is. What he was told is not known any more, so he is told everything. */
  private TopicReceipts anew(String name) {
    TopicReceipts topic = new TopicReceipts(parts, name);
    topic.beginAnew();
    if (!topic.isAwaited()) {
      return null;
    }
    topics.put(name, topic);
    return topic;
  }

  /** Hears who has become a member, and who is none any more. */
  public void hear(MembershipNotice notice) {
    TopicReceipts topic = topics.get(notice.topic());
    if (topic != null) {
      topic.turned(notice.said());
    }
  }

  /** Does what is due, and forgets topics that nobody is subscribed to any more. */
  public void tick() {
    topics.values().forEach(TopicReceipts::tick);
    if (parts.nowMs() - sweptMs >= SWEEP_MS) {
      sweptMs = parts.nowMs();
      topics.values().removeIf(topic -> !topic.isHeard());
      giveUp();
    }
  }

  private void giveUp() {
    long people = topics.values().stream().mapToLong(topic -> 1 + topic.people()).sum();
    for (Iterator<TopicReceipts> eldest = topics.values().iterator(); people > MOST_PEOPLE && eldest.hasNext(); ) {
      TopicReceipts next = eldest.next();
      if (!next.isAwaited()) {
        people -= 1 + next.people();
        eldest.remove();
      }
    }
  }
}
