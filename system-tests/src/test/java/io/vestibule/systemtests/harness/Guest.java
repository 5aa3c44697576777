package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody who wants in, written from {@code docs/protocol.md}: waits as long as it takes, comes back with its last resume token when the socket ends or the node asks it to
 * move, stays for a while once admitted, and leaves. Keeps what happened to it by the clock of this process. Thread-safe.
 */
public final class Guest {
  private static final JsonObject LEAVE = new JsonObject().put("type", "leave");

  private final Crowd crowd;
  private final String user;
  private final List<String> story = new ArrayList<>();
  private Client client;
  private VestibuleProcess node;
  private String resumeToken;
  private long admittedAtNanos;
  private long leftAtNanos;
  private int admissions;
  private int returns;
  private boolean finished;

  Guest(Crowd crowd, String user) {
    this.crowd = crowd;
    this.user = user;
  }

  /** Opens a socket and asks to come in. */
  void come(VestibuleProcess at) {
    open(at, new JsonObject().put("type", "auth").put("token", crowd.token(user)));
  }

  /** Opens a socket, on whatever node, and goes on where it was. */
  void comeBack(VestibuleProcess at) {
    String token = resumeToken();
    returns++;
    open(at, token == null
        ? new JsonObject().put("type", "auth").put("token", crowd.token(user))
        : new JsonObject().put("type", "reconnect_attempt").put("token", token));
  }

  private void open(VestibuleProcess at, JsonObject first) {
    try {
      Client opened = crowd.open(at, user, this::came);
      synchronized (this) {
        client = opened;
        node = at;
      }
      if (isFinished()) {
        // It left while this socket was being opened, on the one before.
        opened.close();
        return;
      }
      opened.send(first);
      opened.onEnd(end -> ended(opened, end));
    } catch (RuntimeException refused) {
      tell("could not open at " + at.name());
      retry(at);
    }
  }

  private void came(Frame frame) {
    String type = frame.type();
    if (!type.equals("message")) {
      tell(type + (frame.json().containsKey("position") ? " " + frame.json().getLong("position") : "")
          + (frame.json().containsKey("reason") ? " " + frame.json().getValue("reason") : ""));
    }
    switch (type) {
      case "queued" -> keep(frame);
      case "auth_success", "reconnect_success" -> admitted(frame);
      case "reconnect_failed", "auth_error", "error" -> refused(frame);
      case "move" -> crowd.later(() -> moveFrom(node()), frame.json().getLong("withinMs") / 2);
      default -> { }
    }
  }

  private synchronized void keep(Frame frame) {
    resumeToken = frame.json().getString("resumeToken", resumeToken);
  }

  private void admitted(Frame frame) {
    keep(frame);
    synchronized (this) {
      if (admittedAtNanos != 0) {
        return;
      }
      admittedAtNanos = frame.atNanos();
      admissions++;
    }
    crowd.admitted(this);
  }

  private void refused(Frame frame) {
    if (isFinished()) {
      // Nobody could give its slot up just now: whoever hangs up then has dropped, and the slot is kept for a while.
      Client leaving = client();
      crowd.later(() -> leaving.send(LEAVE), Math.min(2_000, frame.json().getLong("retryAfterMs", 200L)));
    } else if (Boolean.TRUE.equals(frame.json().getBoolean("temporary")) || frame.json().containsKey("retryAfterMs")) {
      VestibuleProcess here = node();
      Client refusing = client();
      crowd.later(() -> {
        refusing.close();
        ended(refusing, new Client.End(1006, "given up after a refusal"));
      }, Math.min(2_000, frame.json().getLong("retryAfterMs", 200L)));
    } else {
      crowd.failed(this, frame.json().encode());
    }
  }

  private void moveFrom(VestibuleProcess leaving) {
    Client old = client();
    if (isInside() || !isFinished()) {
      comeBack(crowd.another(leaving));
      old.close();
    }
  }

  /** Gives the slot back. */
  public void leave() {
    synchronized (this) {
      if (finished) {
        return;
      }
      finished = true;
      leftAtNanos = System.nanoTime();
    }
    tell("leaves");
    client().send(LEAVE);
  }

  private void ended(Client which, Client.End end) {
    synchronized (this) {
      if (finished || which != client) {
        return;
      }
    }
    tell("ended " + end.code());
    retry(node());
  }

  private void retry(VestibuleProcess not) {
    if (!isFinished()) {
      crowd.later(() -> {
        if (!isFinished()) {
          comeBack(crowd.another(not));
        }
      }, 50);
    }
  }

  private synchronized void tell(String what) {
    story.add(what);
  }

  public synchronized String user() {
    return user;
  }

  synchronized Client client() {
    return client;
  }

  synchronized VestibuleProcess node() {
    return node;
  }

  synchronized String resumeToken() {
    return resumeToken;
  }

  /** When the first success was read; 0 before. */
  public synchronized long admittedAtNanos() {
    return admittedAtNanos;
  }

  /** When it left; 0 before. */
  public synchronized long leftAtNanos() {
    return leftAtNanos;
  }

  /** How often it came back. */
  public synchronized int returns() {
    return returns;
  }

  /** Whether it was admitted and has not left. */
  public synchronized boolean isInside() {
    return admittedAtNanos != 0 && leftAtNanos == 0;
  }

  synchronized boolean isFinished() {
    return finished;
  }

  /** Whether it waits in the line or for the answer. */
  public synchronized boolean isWaiting() {
    return admittedAtNanos == 0;
  }

  /** What happened to it, the last of it, for messages of failures. */
  @Override
  public synchronized String toString() {
    return user + story.subList(Math.max(0, story.size() - 12), story.size());
  }
}
