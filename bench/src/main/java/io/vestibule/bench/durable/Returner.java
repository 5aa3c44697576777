package io.vestibule.bench.durable;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Connection;
import io.vestibule.bench.client.FrameScan;
import io.vestibule.bench.client.Member;
import java.nio.charset.StandardCharsets;

/**
 * Somebody whose connection is cut, who comes back with all that he has. He has one connection at a time, and all but {@link #cut} and {@link #leave} happens on its event loop; the next one begins when the one
 * before is gone.
 */
final class Returner implements Member.Events {
  private static final byte[] RESUME_TOKEN = FrameScan.key("resumeToken");
  private static final byte[] RECOVERED = FrameScan.key("recovered");

  private final int number;
  private final Follower follower;
  private final Crowd crowd;
  private volatile Connection connection;
  private String resumeToken;
  private State state = State.COMING;
  private int subscribed;
  private long backNanos;
  private long missed;

  private enum State { COMING, SUBSCRIBED, AWAY, BACK, CURRENT }

  /** Where all of them report; called on their event loops. */
  interface Crowd {
    /** Nanoseconds since the run began. */
    long now();

    /** Somebody is subscribed to all his topics for the first time. */
    void subscribed();

    /** Somebody was cut. */
    void cut();

    /** An attempt to come back failed, or what had come back was dropped: it is to be tried again. */
    void failed(int number, String reason);

    /** Somebody was let in again. */
    void back(long nowNanos);

    /** Somebody who is back has everything that was acknowledged by now, so many messages of it from before he was back. */
    void current(long nowNanos, long missed);

    /** A message came to somebody that was published while he was there. */
    void live(long nanos);

    void fault(String what);

    boolean isOver();
  }

  Returner(int number, Follower follower, Crowd crowd) {
    this.number = number;
    this.follower = follower;
    this.crowd = crowd;
  }

  @Override
  public void letIn(ByteBuf bytes, int from, int to) {
    resumeToken = FrameScan.string(bytes, FrameScan.find(bytes, from, to, RESUME_TOKEN), to);
    if (state != State.AWAY) {
      return;
    }
    state = State.BACK;
    backNanos = crowd.now();
    crowd.back(backNanos);
    int recovered = FrameScan.find(bytes, from, to, RECOVERED);
    if (recovered < 0 || hasFalse(bytes, recovered, to)) {
      crowd.fault("came back with a topic that is not recovered");
    }
    lookWhetherCurrent();
  }

  private static boolean hasFalse(ByteBuf bytes, int from, int to) {
    int end = bytes.indexOf(from, to, (byte) '}');
    return bytes.toString(from, (end < 0 ? to : end) - from, StandardCharsets.UTF_8).contains("false");
  }

  @Override
  public void ready(Connection opened) {
    connection = opened;
    if (state == State.COMING) {
      follower.topics().forEach(topic -> opened.send(("{\"type\":\"subscribe\",\"topic\":\"" + topic.topic() + "\"}").getBytes(StandardCharsets.US_ASCII)));
    }
  }

  @Override
  public void frame(String type, ByteBuf bytes, int from, int to) {
    switch (type) {
      case "subscribed" -> {
        if (follower.subscribed(bytes, from, to, state == State.COMING) && state == State.COMING && ++subscribed == follower.topics().size()) {
          state = State.SUBSCRIBED;
          crowd.subscribed();
        }
      }
      case "gap" -> crowd.fault("gap");
      case "unsubscribed" -> crowd.fault("unsubscribed");
      default -> { }
    }
  }

  @Override
  public void message(ByteBuf bytes, int from, int to) {
    long due = follower.message(bytes, from, to);
    if (due < 0) {
      return;
    }
    if (state == State.BACK) {
      missed += due < backNanos ? 1 : 0;
      lookWhetherCurrent();
    } else if (due >= backNanos) {
      crowd.live(crowd.now() - due);
    }
  }

  private void lookWhetherCurrent() {
    if (follower.isCurrent()) {
      state = State.CURRENT;
      crowd.current(crowd.now(), missed);
    }
  }

  /** The network of this one breaks down. */
  void cut() {
    Connection present = connection;
    present.execute(() -> {
      if (state == State.SUBSCRIBED) {
        state = State.AWAY;
        present.cut();
        crowd.cut();
      }
    });
  }

  /** How he is to come back. */
  Member returning() {
    return Member.returning("{\"type\":\"reconnect_attempt\",\"token\":\"" + resumeToken + "\",\"offsets\":" + follower.offsets() + '}', this);
  }

  @Override
  public void failed(String reason) {
    if (state == State.AWAY && !crowd.isOver()) {
      crowd.failed(number, reason);
    }
  }

  @Override
  public void ended(String reason) {
    if (crowd.isOver()) {
      return;
    }
    crowd.fault("dropped: " + reason);
    if (state == State.BACK) {
      state = State.AWAY;
      crowd.failed(number, "dropped");
    }
  }

  /** Goes for good. */
  void leave() {
    if (connection != null && connection.isActive()) {
      connection.leave();
    }
  }

  @Override
  public void error(String reason) {
    crowd.fault("error " + reason);
  }

  int number() {
    return number;
  }

  Verdict verdict() {
    return follower.verdict();
  }
}
