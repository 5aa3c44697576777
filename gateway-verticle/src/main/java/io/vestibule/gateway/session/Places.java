package io.vestibule.gateway.session;

import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.Position;
import java.util.HashMap;
import java.util.Map;

/** How far somebody who comes back is in durable topics, and what became of that. One event loop. */
final class Places {
  private final Map<String, Position> offsets;
  private final Map<String, Position> begins;
  private final Map<String, Way> ways = new HashMap<>();
  private Runnable onComplete;

  /** With these places. */
  Places(Map<String, Position> offsets) {
    this.offsets = offsets;
    this.begins = new HashMap<>(offsets);
  }

  /** What the client said. */
  Map<String, Position> offsets() {
    return offsets;
  }

  /** Where it goes on: what it said, and what is known of its own topic without that. */
  Map<String, Position> begins() {
    return begins;
  }

  /** The way back to a topic, which is asked for now. */
  Way way(Connection connection, String topic) {
    Way way = new Way(connection, topic);
    ways.put(topic, way);
    return way;
  }

  /** Whether a topic is on its way. */
  boolean has(String topic) {
    return ways.containsKey(topic);
  }

  Map<String, Way> ways() {
    return ways;
  }

  /** Is told once when it is known of all of them where they begin. */
  void onComplete(Runnable told) {
    onComplete = told;
    look();
  }

  private void look() {
    if (onComplete != null && ways.values().stream().allMatch(Way::isTold)) {
      Runnable told = onComplete;
      onComplete = null;
      told.run();
    }
  }

  /** The way back to a topic: what the client is told of it waits for what it is told of its session. */
  final class Way implements Comeback.Answer {
    private final Connection connection;
    private final String topic;
    private Position head;
    private Boolean recovered;
    private boolean welcome;
    private boolean own;

    private Way(Connection connection, String topic) {
      this.connection = connection;
      this.topic = topic;
    }

    boolean isTold() {
      return head != null;
    }

    /** Whether nothing was missed; null as long as nobody knows. */
    Boolean recovered() {
      return recovered;
    }

    /**
     * The client knows that it is in: what is not known yet, it is told when it is.
     *
     * @param isOwn whether the topic is the user's own
     */
    void welcomed(boolean isOwn) {
      welcome = true;
      own = isOwn;
      if (own && head != null) {
        tell();
      }
    }

    @Override
    public void begun(Position where, Boolean complete) {
      head = where;
      recovered = complete;
      if (welcome) {
        tell();
      } else {
        look();
      }
    }

    private void tell() {
      connection.ownEpoch = own ? head.epoch() : connection.ownEpoch;
      connection.send(new ServerFrame.Subscribed(null, topic, own, head, recovered));
    }

    @Override
    public boolean waits() {
      return true;
    }
  }
}
