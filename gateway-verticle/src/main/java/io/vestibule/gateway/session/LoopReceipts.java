package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.contract.message.ReceiptNotice;
import io.vestibule.contract.message.ReceiptNotice.Receipt;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.members.core.Mark;
import io.vestibule.gateway.members.core.ReceiptBoard;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.topic.MatchVisitor;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.SubscriptionTrie;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells members of topics how far the others are: all of it when a subscription begins, and then what is new, joined, after it is stored. Only those who are subscribed by the topic's name are told, and who is too
 * slow for it misses it: what comes later says more. One event loop.
 */
public final class LoopReceipts {
  /** Members of all topics of whom it is remembered how far they are; what is told of a topic that was given up is judged when it was read again. */
  static final int MOST_PEOPLE = 100_000;
  private static final long RETRY_MS = 1_000;
  private static final long SWEEP_MS = 10_000;
  /** The word that somebody is not alone any more may have been lost. */
  private static final long FRESH_MS = 60_000;

  /** A topic that somebody here is subscribed to. */
  private static final class Topic {
    private final ReceiptBoard board = new ReceiptBoard();
    /** Those who are to be told everything. */
    private final Set<Connection> waiting = new LinkedHashSet<>();
    private boolean reading;
    private long readMs;
    private long notBeforeMs;
  }

  private final Bus bus;
  private final NodeMemberships memberships;
  private final SubscriptionTrie<Connection> trie;
  private final LoopClock clock;
  /** The one that was spoken of last comes last. */
  private final LinkedHashMap<String, Topic> topics = new LinkedHashMap<>(16, 0.75f, true);
  private long sweptMs;

  /** Those of an event loop. */
  public LoopReceipts(Bus bus, NodeMemberships memberships, SubscriptionTrie<Connection> trie, LoopClock clock) {
    this.bus = bus;
    this.memberships = memberships;
    this.trie = trie;
    this.clock = clock;
  }

  /** Somebody's subscription has begun: he is told how far the members are, as soon as that is known. */
  void begun(Connection connection, String name) {
    Topic topic = topics.computeIfAbsent(name, any -> new Topic());
    topic.waiting.add(connection);
    if (topic.board.isKnown()) {
      tellWaiting(name, topic);
    } else {
      read(name, topic);
    }
  }

  private void read(String name, Topic topic) {
    if (topic.reading || nowMs() < topic.notBeforeMs) {
      return;
    }
    topic.reading = true;
    topic.board.begin();
    Future<Map<String, Word>> roster = memberships.book().of(name);
    Future<Map<String, Mark>> marks = memberships.book().marks(name);
    Future.join(roster, marks).onComplete(done -> {
      topic.reading = false;
      topic.notBeforeMs = nowMs() + RETRY_MS;
      if (done.succeeded()) {
        read(name, topic, roster.result(), marks.result());
      } else {
        topic.board.failed();
      }
    });
  }

  private void read(String name, Topic topic, Map<String, Word> roster, Map<String, Mark> marks) {
    topic.readMs = nowMs();
    boolean first = !topic.board.isKnown();
    Map<String, Mark> news = topic.board.read(roster, marks);
    // Before the first reading all who are to be told wait for it.
    if (!first) {
      tell(name, topic, news);
    }
    tellWaiting(name, topic);
  }

  private void tellWaiting(String name, Topic topic) {
    List<Connection> told = List.copyOf(topic.waiting);
    topic.waiting.clear();
    told.forEach(connection -> tellAll(connection, name, topic));
  }

  private void tellAll(Connection connection, String name, Topic topic) {
    if (topic.board.isLarge() || !isMember(connection, name)) {
      return;
    }
    if (!connection.hasRoom()) {
      // Whoever has much to read is not to lose his connection by this.
      topic.waiting.add(connection);
    } else {
      connection.send(new ServerFrame.Receipt(name, frames(topic.board.all(), null)));
    }
  }

  private boolean isMember(Connection connection, String topic) {
    Principal principal = connection.principal();
    return principal != null && memberships.isMember(principal.userId(), topic);
  }

  /** As they are told to somebody, who need not hear of himself. */
  private static List<ServerFrame.Receipt.Of> frames(Map<String, Mark> marks, String but) {
    List<ServerFrame.Receipt.Of> all = new ArrayList<>();
    marks.forEach((user, mark) -> {
      if (!user.equals(but)) {
        all.add(new ServerFrame.Receipt.Of(user, mark.delivered(), mark.read()));
      }
    });
    return all;
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
    Topic topic = topics.get(name);
    List<Receipt> news = new ArrayList<>();
    said.forEach((user, mark) -> {
      Mark more = topic == null ? mark : topic.board.news(user, mark);
      if (more != null && !isAlone(name, topic, user)) {
        news.add(new Receipt(user, epoch(more.delivered()), offset(more.delivered()), epoch(more.read()), offset(more.read())));
      }
    });
    if (!news.isEmpty() && (topic == null || !topic.board.isLarge())) {
      bus.publish(Addresses.RECEIPTS, new ReceiptNotice(name, news), null);
    }
  }

  /** Whether there is nobody to tell. */
  private boolean isAlone(String name, Topic topic, String user) {
    if (topic == null || !topic.board.isAlone(user)) {
      return false;
    }
    boolean fresh = nowMs() - topic.readMs < FRESH_MS;
    if (!fresh) {
      read(name, topic);
    }
    return fresh;
  }

  /** Hears how far members are, here or on another node. */
  public void told(ReceiptNotice notice) {
    Topic topic = topics.get(notice.topic());
    if (topic == null) {
      topic = anew(notice.topic());
    }
    if (topic == null) {
      return;
    }
    Map<String, Mark> news = new TreeMap<>();
    for (Receipt receipt : notice.receipts()) {
      Mark more = topic.board.told(receipt.userId(), new Mark(position(receipt.deliveredEpoch(), receipt.deliveredOffset()), position(receipt.readEpoch(), receipt.readOffset())));
      if (more != null) {
        news.put(receipt.userId(), more);
      }
    }
    if (topic.board.doubts()) {
      read(notice.topic(), topic);
    }
    tell(notice.topic(), topic, news);
  }

  /** A topic that was given up, and that somebody is subscribed to; null where nobody is. What he was told is not known any more, so he is told everything. */
  private Topic anew(String name) {
    List<Connection> subscribers = named(name);
    if (subscribers.isEmpty()) {
      return null;
    }
    Topic topic = new Topic();
    topic.waiting.addAll(subscribers);
    topics.put(name, topic);
    return topic;
  }

  private void tell(String name, Topic topic, Map<String, Mark> news) {
    if (!news.isEmpty()) {
      named(name).stream().filter(connection -> !topic.waiting.contains(connection)).forEach(connection -> tell(connection, name, news));
    }
  }

  private void tell(Connection connection, String name, Map<String, Mark> news) {
    if (isMember(connection, name) && connection.hasRoom()) {
      List<ServerFrame.Receipt.Of> others = frames(news, connection.principal().userId());
      if (!others.isEmpty()) {
        connection.send(new ServerFrame.Receipt(name, others));
      }
    }
  }

  /** Those who are subscribed to a topic by its name. */
  private List<Connection> named(String topic) {
    List<Connection> found = new ArrayList<>();
    trie.match(topic, new MatchVisitor<>() {
      @Override
      public void literal(Connection connection) {
        found.add(connection);
      }

      @Override
      public void pattern(Connection connection, String pattern) {
        // It is told of messages.
      }
    });
    return found;
  }

  /** Hears who has become a member, and who is none any more. */
  public void hear(MembershipNotice notice) {
    Topic topic = topics.get(notice.topic());
    if (topic != null) {
      boolean anew = false;
      for (MembershipNotice.Said said : notice.said()) {
        anew |= topic.board.turned(said.userId(), new Word(said.member(), said.atMs(), said.sinceMs(), said.epoch(), said.offset()));
      }
      if (anew) {
        topic.waiting.addAll(named(notice.topic()));
      }
    }
  }

  /** Does what is due, and forgets topics that nobody is subscribed to any more. */
  public void tick() {
    topics.forEach((name, topic) -> {
      if (topic.board.doubts() || !topic.waiting.isEmpty() && !topic.board.isKnown()) {
        read(name, topic);
      } else if (!topic.waiting.isEmpty()) {
        tellWaiting(name, topic);
      }
    });
    if (nowMs() - sweptMs >= SWEEP_MS) {
      sweptMs = nowMs();
      topics.keySet().removeIf(name -> named(name).isEmpty());
      giveUp();
    }
  }

  private void giveUp() {
    long people = topics.values().stream().mapToLong(topic -> 1 + topic.board.people()).sum();
    for (Iterator<Topic> eldest = topics.values().iterator(); people > MOST_PEOPLE && eldest.hasNext(); ) {
      Topic next = eldest.next();
      if (next.waiting.isEmpty()) {
        people -= 1 + next.board.people();
        eldest.remove();
      }
    }
  }

  private long nowMs() {
    return clock.monotonicMs().getAsLong();
  }

  private static long epoch(Position place) {
    return place == null ? 0 : place.epoch();
  }

  private static long offset(Position place) {
    return place == null ? 0 : place.offset();
  }

  private static Position position(long epoch, long offset) {
    return epoch == 0 ? null : new Position(epoch, offset);
  }
}
