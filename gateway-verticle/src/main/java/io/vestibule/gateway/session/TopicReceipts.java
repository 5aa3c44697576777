package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.contract.message.ReceiptNotice.Receipt;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.members.NodeMemberships;
import io.vestibule.gateway.members.core.Mark;
import io.vestibule.gateway.members.core.ReceiptBoard;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.topic.MatchVisitor;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.SubscriptionTrie;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How far the members of a topic are, as those of an event loop are told who are subscribed to it by its name. */
final class TopicReceipts {
  private static final long RETRY_MS = 1_000;
  /** The word that somebody is not alone any more may have been lost. */
  private static final long FRESH_MS = 60_000;

  /** What all topics of the event loop work with. */
  record Parts(NodeMemberships memberships, SubscriptionTrie<Connection> trie, LoopClock clock) {
    long nowMs() {
      return clock.monotonicMs().getAsLong();
    }
  }

  private final Parts parts;
  private final String name;
  private final ReceiptBoard board = new ReceiptBoard();
  /** Those who are to be told everything. */
  private final Set<Connection> waiting = new LinkedHashSet<>();
  private boolean reading;
  private long readMs;
  private long notBeforeMs;

  TopicReceipts(Parts parts, String name) {
    this.parts = parts;
    this.name = name;
  }

  /** Whether somebody is to be told everything. */
  boolean isAwaited() {
    return !waiting.isEmpty();
  }

  /** Whether anybody is subscribed to it by its name. */
  boolean isHeard() {
    return !named().isEmpty();
  }

  /** How many members it remembers. */
  int people() {
    return board.people();
  }

  /** Somebody's subscription has begun: he is told everything, as soon as it is known. */
  void begun(Connection connection) {
    waiting.add(connection);
    if (board.isKnown()) {
      tellWaiting();
    } else {
      read();
    }
  }

  /** All who are subscribed are told everything. */
  void beginAnew() {
    waiting.addAll(named());
  }

  private void read() {
    if (reading || parts.nowMs() < notBeforeMs) {
      return;
    }
    reading = true;
    board.begin();
    Future<Map<String, Word>> roster = parts.memberships.book().of(name);
    Future<Map<String, Mark>> marks = parts.memberships.book().marks(name);
    Future.join(roster, marks).onComplete(done -> {
      reading = false;
      notBeforeMs = parts.nowMs() + RETRY_MS;
      if (done.succeeded()) {
        read(roster.result(), marks.result());
      } else {
        board.failed();
      }
    });
  }

  private void read(Map<String, Word> roster, Map<String, Mark> marks) {
    readMs = parts.nowMs();
    boolean first = !board.isKnown();
    Map<String, Mark> news = board.read(roster, marks);
    // Before the first reading all who are to be told wait for it.
    if (!first) {
      tell(news);
    }
    tellWaiting();
  }

  private void tellWaiting() {
    List<Connection> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(this::tellAll);
  }

  private void tellAll(Connection connection) {
    if (board.isLarge() || !isMember(connection)) {
      return;
    }
    if (!connection.hasRoom()) {
      // Whoever has much to read is not to lose his connection by this.
      waiting.add(connection);
    } else {
      connection.send(new ServerFrame.Receipt(name, frames(board.all(), null)));
    }
  }

  private boolean isMember(Connection connection) {
    Principal principal = connection.principal();
    return principal != null && parts.memberships.isMember(principal.userId(), name);
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

  /** What of a place that was written is news to the others; null where nothing is, or nobody is told. */
  Mark news(String user, Mark mark) {
    Mark more = board.isLarge() ? null : board.news(user, mark);
    return more == null || isAlone(user) ? null : more;
  }

  /** Whether there is nobody to tell. */
  private boolean isAlone(String user) {
    if (!board.isAlone(user)) {
      return false;
    }
    boolean fresh = parts.nowMs() - readMs < FRESH_MS;
    if (!fresh) {
      read();
    }
    return fresh;
  }

  /** Hears how far members are. */
  void told(List<Receipt> receipts) {
    Map<String, Mark> news = new TreeMap<>();
    for (Receipt receipt : receipts) {
      Mark more = board.told(receipt.userId(), new Mark(position(receipt.deliveredEpoch(), receipt.deliveredOffset()), position(receipt.readEpoch(), receipt.readOffset())));
      if (more != null) {
        news.put(receipt.userId(), more);
      }
    }
    if (board.doubts()) {
      read();
    }
    tell(news);
  }

  private static Position position(long epoch, long offset) {
    return epoch == 0 ? null : new Position(epoch, offset);
  }

  private void tell(Map<String, Mark> news) {
    if (!news.isEmpty()) {
      named().stream().filter(connection -> !waiting.contains(connection)).forEach(connection -> tell(connection, news));
    }
  }

  private void tell(Connection connection, Map<String, Mark> news) {
    if (isMember(connection) && connection.hasRoom()) {
      List<ServerFrame.Receipt.Of> others = frames(news, connection.principal().userId());
      if (!others.isEmpty()) {
        connection.send(new ServerFrame.Receipt(name, others));
      }
    }
  }

  /** Those who are subscribed to it by its name. */
  private List<Connection> named() {
    List<Connection> found = new ArrayList<>();
    parts.trie.match(name, new MatchVisitor<>() {
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
  void turned(List<MembershipNotice.Said> all) {
    boolean anew = false;
    for (MembershipNotice.Said said : all) {
      anew |= board.turned(said.userId(), new Word(said.member(), said.atMs(), said.sinceMs(), said.epoch(), said.offset()));
    }
    if (anew) {
      beginAnew();
    }
  }

  /** Does what is due. */
  void tick() {
    if (board.doubts() || isAwaited() && !board.isKnown()) {
      read();
    } else if (isAwaited()) {
      tellWaiting();
    }
  }
}
