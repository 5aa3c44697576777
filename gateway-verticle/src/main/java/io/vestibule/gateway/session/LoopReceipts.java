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
import io.vestibule.gateway.members.core.Marks;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.topic.MatchVisitor;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.SubscriptionTrie;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells members of topics how far the others are: all of it when a subscription begins, and then what is new, joined, after it is stored. Only those who are subscribed by the topic's name are told, and who is too
 * slow for it misses it: what comes later says more. In topics with more members than {@value #MOST_MEMBERS} nobody is told, since everybody would be told of everybody. One event loop.
 */
public final class LoopReceipts {
  /** Members of a topic that are told of each other. */
  static final int MOST_MEMBERS = 200;

  /** Topics of which it is remembered how far their members are; of others, what is told is passed on as it is. */
  private static final int MOST_BOARDS = 1_000;
  private static final long RETRY_MS = 1_000;
  private static final long SWEEP_MS = 10_000;
  /** The word that somebody is not alone any more may have been lost. */
  private static final long FRESH_MS = 60_000;

  /** What is known of a topic that somebody here is subscribed to. */
  private static final class Board {
    private final Marks marks = new Marks();
    private final List<Connection> waiting = new ArrayList<>();
    /** Null before it was read. */
    private Set<String> members;
    private boolean reading;
    private long readMs;
    private long notBeforeMs;

    boolean isLarge() {
      return members != null && members.size() > MOST_MEMBERS;
    }
  }

  private final Bus bus;
  private final NodeMemberships memberships;
  private final SubscriptionTrie<Connection> trie;
  private final LoopClock clock;
  private final LinkedHashMap<String, Board> boards = new LinkedHashMap<>();
  private long sweptMs;

  /** Those of an event loop. */
  public LoopReceipts(Bus bus, NodeMemberships memberships, SubscriptionTrie<Connection> trie, LoopClock clock) {
    this.bus = bus;
    this.memberships = memberships;
    this.trie = trie;
    this.clock = clock;
  }

  /** Somebody's subscription has begun: he is told how far the members are, as soon as that is known. */
  void begun(Connection connection, String topic) {
    Board board = boards.computeIfAbsent(topic, any -> new Board());
    if (board.members != null) {
      tellAll(connection, topic, board);
    } else {
      board.waiting.add(connection);
      read(topic, board);
    }
  }

  private void read(String topic, Board board) {
    if (board.reading || nowMs() < board.notBeforeMs) {
      return;
    }
    board.reading = true;
    Future<Map<String, Word>> roster = memberships.book().of(topic);
    Future<Map<String, Mark>> marks = memberships.book().marks(topic);
    Future.join(roster, marks).onComplete(done -> {
      board.reading = false;
      board.notBeforeMs = nowMs() + RETRY_MS;
      if (done.succeeded()) {
        board.readMs = nowMs();
        board.members = new HashSet<>(roster.result().keySet());
        marks.result().forEach((user, mark) -> rise(board, user, mark));
        tellWaiting(topic, board);
      }
    });
  }

  private void tellWaiting(String topic, Board board) {
    List<Connection> told = List.copyOf(board.waiting);
    board.waiting.clear();
    told.forEach(connection -> tellAll(connection, topic, board));
  }

  private static Mark rise(Board board, String user, Mark mark) {
    boolean counts = board.members == null || board.members.contains(user) && !board.isLarge();
    return counts ? board.marks.rise(user, mark) : null;
  }

  private void tellAll(Connection connection, String topic, Board board) {
    if (board.isLarge() || !isMember(connection, topic)) {
      return;
    }
    if (!connection.hasRoom()) {
      // Whoever has much to read is not to lose his connection by this.
      board.waiting.add(connection);
    } else {
      List<ServerFrame.Receipt.Of> all = new ArrayList<>();
      board.marks.all().forEach((user, mark) -> {
        if (board.members.contains(user)) {
          all.add(new ServerFrame.Receipt.Of(user, mark.delivered(), mark.read()));
        }
      });
      connection.send(new ServerFrame.Receipt(topic, all));
    }
  }

  private boolean isMember(Connection connection, String topic) {
    Principal principal = connection.principal();
    return principal != null && memberships.isMember(principal.userId(), topic);
  }

  /** Places were written. */
  public void written(List<CursorMove> moves, long[] places) {
    Map<String, Map<String, Mark>> topics = new HashMap<>();
    for (int i = 0; i < places.length; i++) {
      CursorMove move = moves.get(i);
      String user = places[i] < 0 || move.epoch() == 0 ? null : Cursor.member(move.name());
      if (user != null) {
        Position at = new Position(move.epoch(), places[i]);
        Mark said = Cursor.isRead(move.name()) ? new Mark(null, at) : new Mark(at, null);
        topics.computeIfAbsent(move.topic(), any -> new HashMap<>()).merge(user, said, (a, b) -> a.with(a.news(b)));
      }
    }
    topics.forEach(this::tellOthers);
  }

  private void tellOthers(String topic, Map<String, Mark> said) {
    Board board = boards.get(topic);
    List<Receipt> news = new ArrayList<>();
    said.forEach((user, mark) -> {
      Mark more = board == null ? mark : board.marks.news(user, mark);
      if (more != null && !isAlone(topic, board, user)) {
        news.add(new Receipt(user, epoch(more.delivered()), offset(more.delivered()), epoch(more.read()), offset(more.read())));
      }
    });
    if (!news.isEmpty() && (board == null || !board.isLarge())) {
      bus.publish(Addresses.RECEIPTS, new ReceiptNotice(topic, news), null);
    }
  }

  /** Whether there is nobody to tell. */
  private boolean isAlone(String topic, Board board, String user) {
    if (board == null || board.members == null || board.members.size() > 1 || !board.members.contains(user)) {
      return false;
    }
    boolean fresh = nowMs() - board.readMs < FRESH_MS;
    if (!fresh) {
      read(topic, board);
    }
    return fresh;
  }

  /** Hears how far members are, here or on another node. */
  public void told(ReceiptNotice notice) {
    Board board = boards.get(notice.topic());
    Map<String, ServerFrame.Receipt.Of> news = new LinkedHashMap<>();
    for (Receipt receipt : notice.receipts()) {
      Mark told = new Mark(position(receipt.deliveredEpoch(), receipt.deliveredOffset()), position(receipt.readEpoch(), receipt.readOffset()));
      Mark more = board == null ? told : rise(board, receipt.userId(), told);
      if (board != null && board.members != null && !board.members.contains(receipt.userId())) {
        // That he has become one may have been lost.
        read(notice.topic(), board);
      }
      if (more != null) {
        news.put(receipt.userId(), new ServerFrame.Receipt.Of(receipt.userId(), more.delivered(), more.read()));
      }
    }
    if (!news.isEmpty()) {
      named(notice.topic()).forEach(connection -> tell(connection, notice.topic(), news));
    }
  }

  private void tell(Connection connection, String topic, Map<String, ServerFrame.Receipt.Of> news) {
    if (isMember(connection, topic) && connection.hasRoom()) {
      String self = connection.principal().userId();
      List<ServerFrame.Receipt.Of> others = news.values().stream().filter(one -> !one.userId().equals(self)).toList();
      if (!others.isEmpty()) {
        connection.send(new ServerFrame.Receipt(topic, others));
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
    Board board = boards.get(notice.topic());
    if (board != null && board.members != null) {
      for (MembershipNotice.Said said : notice.said()) {
        if (said.member()) {
          board.members.add(said.userId());
        } else {
          board.members.remove(said.userId());
          board.marks.drop(said.userId());
        }
      }
    }
  }

  /** Does what is due, and forgets topics that nobody is subscribed to any more. */
  public void tick() {
    boards.forEach((topic, board) -> {
      if (!board.waiting.isEmpty() && board.members == null) {
        read(topic, board);
      } else if (!board.waiting.isEmpty()) {
        tellWaiting(topic, board);
      }
    });
    if (nowMs() - sweptMs >= SWEEP_MS) {
      sweptMs = nowMs();
      boards.entrySet().removeIf(entry -> named(entry.getKey()).isEmpty());
      List.copyOf(boards.keySet()).stream().filter(topic -> boards.get(topic).waiting.isEmpty()).limit(Math.max(0, boards.size() - MOST_BOARDS)).forEach(boards::remove);
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
