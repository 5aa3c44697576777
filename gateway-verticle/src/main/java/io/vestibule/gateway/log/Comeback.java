package io.vestibule.gateway.log;

import io.vestibule.gateway.log.core.Return;
import io.vestibule.gateway.transport.OutboundFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/** A connection on its way back to a durable topic: until it is as far as everybody on its event loop, what comes of the topic is withheld from it. */
public final class Comeback extends Return {
  /** Requests of one connection for one topic that wait for the log. */
  private static final int MOST_POSTPONED = 16;

  final Client connection;
  final String topic;
  /** The subscription that it comes back for, where that is not the topic itself; else null. */
  String pattern;
  Answer answer;
  /** What its connection asked for before this was answered; null for nothing, as there are very many of these. */
  private Deque<Comeback> postponed;

  /** The connection, as far as it comes back. */
  public interface Client {
    /** Its way back to a topic, or null. */
    Comeback comeback(String topic);

    /** It is on its way back to a topic. */
    void comesBack(String topic, Comeback comeback);

    /** It is so no more; says whether it was. */
    boolean hasComeBack(String topic, Comeback comeback);

    /** Whether it is subscribed to a topic by its name: then it is not told by which pattern something came. */
    boolean subscribesTo(String topic);

    /** The place before which it is to get nothing of a topic, in {@link Return#NO_EPOCH} where that is not known yet; null where it may have everything. */
    Position bound(String topic);

    /** That place is this one now. */
    void bound(String topic, Position place);

    /** Whether its client has read most of what waited for it. */
    boolean hasRoom();

    /** Brings it something for which there was room. */
    void owed(OutboundFrame frame);

    /** Whether it is told by which pattern something came. */
    boolean speaksCore();

    /** Ends it because the server failed it. */
    void fail(Throwable cause);
  }

  /** What whoever asked is told. */
  public interface Answer {
    /** Nobody asked, and nobody is told: it goes on from where it begins, as soon as the log can be read. */
    Answer UNASKED = new Answer() {
      @Override
      public void begun(Position head, Boolean recovered) {
        // It goes on from here.
      }

      @Override
      public boolean waits() {
        return true;
      }
    };

    /**
     * Where the connection begins; messages follow at once, unless it is held.
     *
     * @param head where the log ends for it
     * @param recovered whether nothing is missing since the place that was asked for; null where none was
     */
    void begun(Position head, Boolean recovered);

    /** Whether it waits for a log that cannot be read now. */
    boolean waits();

    /** The log cannot be read, and this is over. */
    default void failed() {}

    /** Something else ended it before it had begun. */
    default void ended() {}

    /** Whether the connection hears the topic already, by its name or by a pattern, and goes on as it was where this fails. */
    default boolean isAgain() {
      return false;
    }
  }

  Comeback(Client connection, String topic, String pattern, Position place, Answer answer) {
    super(place == null ? 0 : place.epoch(), place == null ? 0 : place.offset());
    this.connection = connection;
    this.topic = topic;
    this.pattern = pattern;
    this.answer = answer;
  }

  /** It goes on for another subscription, and whoever asked is told nothing more. */
  void goesOn(String by) {
    pattern = by;
    answer = Answer.UNASKED;
    hold(false);
  }

  /** Another request waits until this one is answered. Says whether there is room for that. */
  boolean postpone(Comeback next) {
    postponed = postponed == null ? new ArrayDeque<>() : postponed;
    return postponed.size() < MOST_POSTPONED && postponed.add(next);
  }

  /** Those that waited for another one wait for this one. */
  void postpone(Deque<Comeback> others) {
    postponed = others;
  }

  /** What waited for this one, and does so no more; in its order. */
  Deque<Comeback> takePostponed() {
    Deque<Comeback> all = postponed == null ? new ArrayDeque<>(0) : postponed;
    postponed = null;
    return all;
  }

  /**
   * The same of one subscription.
   *
   * @param itsPattern null for the topic's name
   */
  List<Comeback> takePostponed(String itsPattern) {
    if (postponed == null) {
      return List.of();
    }
    List<Comeback> its = postponed.stream().filter(next -> Objects.equals(next.pattern, itsPattern)).toList();
    postponed.removeAll(its);
    return its;
  }
}
