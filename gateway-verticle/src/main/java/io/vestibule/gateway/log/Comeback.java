package io.vestibule.gateway.log;

import io.vestibule.gateway.log.core.Return;
import io.vestibule.gateway.transport.OutboundFrame;
import java.util.Deque;

/** A connection on its way back to a durable topic: until it is as far as everybody on its event loop, what comes of the topic is withheld from it. */
public final class Comeback extends Return {
  final Client connection;
  final String topic;
  /** The subscription that it comes back for, where that is not the topic itself; else null. */
  String pattern;
  Answer answer;
  /** What was asked for before this was answered, or null. */
  Deque<Comeback> asked;

  /** Nobody is told. */
  private static final Answer QUIET = new Answer() {
    @Override
    public void begun(Position head, Boolean recovered) {
      // It goes on from here.
    }

    @Override
    public boolean waits() {
      return true;
    }
  };

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
    answer = QUIET;
    hold(false);
  }
}
