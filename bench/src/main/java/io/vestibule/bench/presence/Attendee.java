package io.vestibule.bench.presence;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Connection;
import io.vestibule.bench.client.FrameScan;
import io.vestibule.bench.client.Member;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/** A member of a room with a socket of its own, who may watch it. All but {@link #join} happens on the socket's event loop; figures may be read when that has ended. */
final class Attendee implements Member.Events, Picture.News {
  private static final byte[] TOPIC = FrameScan.key("topic");
  private static final int ENTRY = 3;

  private final int number;
  private final int room;
  private final Arrivals arrivals;
  private final Picture picture;
  private final byte[] topic;
  private final Hall hall;
  private volatile Connection connection;
  private boolean joined;
  private boolean right;
  private long[] counted = {};
  private int entries;
  private long stateBytes;
  private long diffBytes;

  /** Where all meet; called on the event loops of the sockets. */
  interface Hall {
    /** Somebody is connected. */
    void ready(Attendee attendee);

    /** Somebody was told that it is subscribed. */
    void joined();

    /** A watcher has heard something: bytes of JSON text, and whether it knows now what it should know in the end, and did before. */
    void told(int bytes, boolean isRight, boolean wasRight);

    /** Somebody has learnt by name of another one's join, so much later. */
    void learnt(long nanos);

    /** Whether a picture is the truth, when everybody has joined. */
    boolean isRight(Picture picture, int room);

    void fault(String what);

    /** Whether nothing counts any more. */
    boolean isOver();
  }

  Attendee(int number, int room, boolean watches, Arrivals arrivals, Hall hall) {
    this.number = number;
    this.room = room;
    this.arrivals = arrivals;
    this.picture = watches ? new Picture(arrivals, room, this) : null;
    this.topic = arrivals.topicOf(number).getBytes(StandardCharsets.US_ASCII);
    this.hall = hall;
  }

  @Override
  public void ready(Connection opened) {
    connection = opened;
    hall.ready(this);
  }

  /** Joins the room; after {@link Hall#ready}. */
  void join() {
    byte[] frame = ("{\"type\":\"subscribe\",\"topic\":\"" + new String(topic, StandardCharsets.US_ASCII) + (picture == null ? "\"}" : "\",\"presence\":true}"))
        .getBytes(StandardCharsets.US_ASCII);
    arrivals.joins(number, System.nanoTime());
    connection.send(frame);
  }

  /** Goes for good, so that its slot is free again. */
  void leave() {
    if (connection != null) {
      connection.leave();
    }
  }

  @Override
  public void frame(String type, ByteBuf bytes, int from, int to) {
    switch (hall.isOver() ? "" : type) {
      case "subscribed" -> {
        // The server subscribes a user's own topic by itself.
        if (!joined && FrameScan.isString(bytes, FrameScan.find(bytes, from, to, TOPIC), to, topic)) {
          joined = true;
          hall.joined();
        }
      }
      case "presence_state", "presence_diff" -> {
        if (picture == null) {
          hall.fault("somebody who does not watch was told");
        } else {
          told(type.equals("presence_state"), bytes, from, to);
        }
      }
      default -> { }
    }
  }

  private void told(boolean whole, ByteBuf bytes, int from, int to) {
    if (whole) {
      stateBytes += to - from;
      picture.state(bytes, from, to);
    } else {
      diffBytes += to - from;
      picture.diff(bytes, from, to);
    }
    boolean before = right;
    right = hall.isRight(picture, room);
    hall.told(to - from, right, before);
  }

  @Override
  public void joined(int member) {
    hall.learnt(System.nanoTime() - arrivals.joinedAt(member));
  }

  /** To be looked at when everybody has joined: which join a count is about can be said only then. */
  @Override
  public void counted(long before, long now) {
    if (now <= before) {
      return;
    }
    if (entries * ENTRY == counted.length) {
      counted = Arrays.copyOf(counted, Math.max(ENTRY * 16, counted.length * 2));
    }
    counted[entries * ENTRY] = System.nanoTime();
    counted[entries * ENTRY + 1] = before;
    counted[entries * ENTRY + 2] = now;
    entries++;
  }

  @Override
  public void fault(String what) {
    hall.fault(what);
  }

  @Override
  public void message(ByteBuf bytes, int from, int to) {
    // Nobody publishes.
  }

  @Override
  public void error(String reason) {
    hall.fault("error " + reason);
  }

  /** Whether it watches. */
  boolean watches() {
    return picture != null;
  }

  long stateBytes() {
    return stateBytes;
  }

  long diffBytes() {
    return diffBytes;
  }

  /**
   * The times from joins to the counts that include them. The k-th join of a room, in the order in which they were sent, is in each count from k on: as the places of two joins may be confused, but not their
   * number, the mean is exact.
   *
   * @param inOrder the joins of the room
   */
  void lags(long[] inOrder, Histogram into) {
    for (int i = 0; i < entries; i++) {
      long at = counted[i * ENTRY];
      long most = Math.min(counted[i * ENTRY + 2], inOrder.length);
      for (int k = (int) counted[i * ENTRY + 1]; k < most; k++) {
        into.recordValue(Math.max(0, at - inOrder[k]));
      }
    }
  }

  int room() {
    return room;
  }
}
