package io.vestibule.bench.line;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Connection;
import io.vestibule.bench.client.FrameScan;
import io.vestibule.bench.client.Member;
import java.nio.charset.StandardCharsets;

/** Somebody with a socket, who joins and leaves when told to. */
final class Person implements Member.Events {
  private static final byte[] POSITION = FrameScan.key("position");
  private static final byte[] REASON = FrameScan.key("reason");
  private static final byte[] LEAVE = "{\"type\":\"leave\"}".getBytes(StandardCharsets.US_ASCII);

  /** Who wants to know; called on the event loop of the socket. */
  interface Desk {
    void queued(Person person, long position);

    void admitted(Person person, long nanos);

    void refused(String reason);

    void dropped(String reason);
  }

  private final int number;
  private final byte[] auth;
  private final Desk desk;
  private volatile Connection connection;
  private volatile boolean leaving;
  private volatile boolean gone;

  /**
   * Somebody.
   *
   * @param number of a waiter, or -1
   */
  Person(int number, String token, String queue, Desk desk) {
    this.number = number;
    this.auth = ("{\"type\":\"auth\",\"token\":\"" + token + "\",\"queue\":\"" + queue + "\"}").getBytes(StandardCharsets.US_ASCII);
    this.desk = desk;
  }

  int number() {
    return number;
  }

  /** Whether its socket is gone, or never was. */
  boolean isGone() {
    return gone || connection == null;
  }

  void join() {
    connection.send(auth);
  }

  void leave() {
    leaving = true;
    connection.send(LEAVE);
  }

  @Override
  public void ready(Connection opened) {
    connection = opened;
  }

  @Override
  public void frame(String type, ByteBuf bytes, int from, int to) {
    switch (type) {
      case "auth_success" -> desk.admitted(this, System.nanoTime());
      case "queued" -> desk.queued(this, FrameScan.number(bytes, FrameScan.find(bytes, from, to, POSITION), to));
      case "auth_error" -> desk.refused("auth_error " + FrameScan.string(bytes, FrameScan.find(bytes, from, to, REASON), to));
      default -> { }
    }
  }

  @Override
  public void message(ByteBuf bytes, int from, int to) {
    // Subscribed to nothing but the user's own topic.
  }

  @Override
  public void error(String reason) {
    desk.refused("error " + reason);
  }

  @Override
  public void ended(String reason) {
    gone = true;
    if (!leaving) {
      desk.dropped(reason);
    }
  }
}
