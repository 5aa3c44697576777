package io.vestibule.bench.durable;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Connection;
import io.vestibule.bench.client.FrameScan;
import io.vestibule.bench.client.Member;
import io.vestibule.bench.load.Mark;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A connection that publishes to the topics in turn and sees what is acknowledged. In a closed loop a window of messages is under way: each answer lets the next one go. In an open loop messages go when they
 * are due, whatever became of those before. All but {@link #start}, {@link #publish} and {@link #stop} happens on the connection's event loop.
 */
final class Publisher implements Member.Events {
  private static final byte[] ID = FrameScan.key("id");
  private static final byte[] EPOCH = FrameScan.key("epoch");
  private static final byte[] OFFSET = FrameScan.key("offset");

  private final int number;
  private final List<Truth> topics;
  private final Desk desk;
  private final byte[] data;
  private final Map<Integer, Long> underWay = new HashMap<>();
  private final AtomicLong open = new AtomicLong();
  private volatile Connection connection;
  private volatile boolean stopped;
  private int window;
  private int sequence;

  /** Where publishers report; called on their event loops. */
  interface Desk {
    /** Nanoseconds since the run began. */
    long now();

    /** A message was acknowledged that was sent, or due, then. */
    void acknowledged(long dueNanos, long nowNanos);

    void refused(String reason);

    void fault(String what);
  }

  /**
   * One that is not connected yet.
   *
   * @param number of the publisher, from 0
   * @param size bytes of a message's {@code data}
   */
  Publisher(int number, int run, int size, List<Truth> topics, Desk desk) {
    this.number = number;
    this.topics = topics;
    this.desk = desk;
    this.data = Mark.data(size, run, number);
  }

  @Override
  public void ready(Connection opened) {
    connection = opened;
  }

  /** Begins a closed loop. */
  void start(int messages) {
    connection.execute(() -> {
      window = messages;
      for (int i = 0; i < messages; i++) {
        send(desk.now());
      }
    });
  }

  /** Publishes one message that is due then. */
  void publish(long dueNanos) {
    open.incrementAndGet();
    connection.execute(() -> {
      open.decrementAndGet();
      send(dueNanos);
    });
  }

  /** Sends no more. */
  void stop() {
    stopped = true;
  }

  /** Goes for good. */
  void leave() {
    if (connection != null && connection.isActive()) {
      connection.leave();
    }
  }

  /** Messages without an answer. */
  long unanswered() {
    return open.get();
  }

  private void send(long dueNanos) {
    if (stopped || !connection.isActive()) {
      return;
    }
    Truth topic = topics.get((int) ((number + (long) sequence) % topics.size()));
    Mark.stamp(data, 0, sequence, dueNanos);
    byte[] head = ("{\"type\":\"message\",\"id\":" + sequence + ",\"topic\":\"" + topic.topic() + "\",\"data\":").getBytes(StandardCharsets.US_ASCII);
    byte[] frame = new byte[head.length + data.length + 1];
    System.arraycopy(head, 0, frame, 0, head.length);
    System.arraycopy(data, 0, frame, head.length, data.length);
    frame[frame.length - 1] = '}';
    underWay.put(sequence++, dueNanos);
    open.incrementAndGet();
    connection.send(frame);
  }

  @Override
  public void frame(String type, ByteBuf bytes, int from, int to) {
    if (!type.equals("ack")) {
      return;
    }
    long id = FrameScan.number(bytes, FrameScan.find(bytes, from, to, ID), to);
    Long due = underWay.remove((int) id);
    if (due == null) {
      desk.fault("acknowledged twice");
      return;
    }
    Truth topic = topics.get((int) ((number + id) % topics.size()));
    long offset = FrameScan.number(bytes, FrameScan.find(bytes, from, to, OFFSET), to);
    if (offset < 1) {
      desk.fault("acknowledged without an offset: is the topic durable?");
    } else if (!topic.agreesOnEpoch(FrameScan.string(bytes, FrameScan.find(bytes, from, to, EPOCH), to))) {
      desk.fault("acknowledged in another epoch");
    } else if (!topic.acknowledged(offset, number, (int) id)) {
      desk.fault("another message at an offset");
    }
    desk.acknowledged(due, desk.now());
    answered();
  }

  @Override
  public void error(String reason, ByteBuf bytes, int from, int to) {
    desk.refused(reason);
    if (underWay.remove((int) FrameScan.number(bytes, FrameScan.find(bytes, from, to, ID), to)) != null) {
      answered();
    }
  }

  private void answered() {
    open.decrementAndGet();
    if (window > 0) {
      send(desk.now());
    }
  }

  @Override
  public void error(String reason) {
    desk.refused(reason);
  }

  @Override
  public void message(ByteBuf bytes, int from, int to) {
    // Subscribed to nothing but its own topic.
  }
}
