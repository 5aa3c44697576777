package io.vestibule.bench.durable;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.FrameScan;
import io.vestibule.bench.load.Mark;
import java.util.List;

/** What one user has of the topics that he follows, over all his connections. All of it happens on the event loop of the connection that he has just now. */
final class Follower {
  private static final byte[] TOPIC = FrameScan.key("topic");
  private static final byte[] EPOCH = FrameScan.key("epoch");
  private static final byte[] OFFSET = FrameScan.key("offset");
  private static final byte[] DATA = FrameScan.key("data");

  private final int run;
  private final List<Truth> topics;
  private final Course[] courses;
  private final Counts faults;

  /**
   * Somebody who has nothing yet.
   *
   * @param run whose messages count
   */
  Follower(int run, List<Truth> topics, Counts faults) {
    this.run = run;
    this.topics = List.copyOf(topics);
    this.courses = topics.stream().map(topic -> new Course()).toArray(Course[]::new);
    this.faults = faults;
  }

  /** Enters a {@code message}; returns when it was due (nanoseconds since the run began), or -1 when it is none that had not come before. */
  long message(ByteBuf bytes, int from, int to) {
    int which = topicOf(bytes, from, to);
    int data = FrameScan.find(bytes, from, to, DATA);
    long offset = FrameScan.number(bytes, FrameScan.find(bytes, from, to, OFFSET), to);
    if (which < 0 || offset < 1 || !Mark.isAt(bytes, data, to) || Mark.run(bytes, data) != run) {
      faults.add("message that nobody published");
      return -1;
    }
    Truth truth = topics.get(which);
    if (!truth.agreesOnEpoch(FrameScan.string(bytes, FrameScan.find(bytes, from, to, EPOCH), to))) {
      faults.add("message of another epoch");
      return -1;
    }
    if (!truth.stands(offset, Mark.publisher(bytes, data), Mark.sequence(bytes, data))) {
      faults.add("another message at an offset");
    }
    return courses[which].accept(offset) ? Mark.dueNanos(bytes, data) : -1;
  }

  /** Enters a {@code subscribed}; true when it is about one of the topics. Of a topic that it has nothing of it may say where it begins. */
  boolean subscribed(ByteBuf bytes, int from, int to, boolean begins) {
    int which = topicOf(bytes, from, to);
    if (which >= 0 && begins) {
      courses[which].beginAt(FrameScan.number(bytes, FrameScan.find(bytes, from, to, OFFSET), to));
    }
    return which >= 0;
  }

  /** How far it is, as {@code reconnect_attempt} wants to know it. */
  String offsets() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < courses.length; i++) {
      if (courses[i].last() > 0) {
        json.append(json.length() > 1 ? "," : "").append('"').append(topics.get(i).topic()).append("\":{\"epoch\":\"").append(topics.get(i).epoch())
            .append("\",\"offset\":").append(courses[i].last()).append('}');
      }
    }
    return json.append('}').toString();
  }

  /** Whether it has everything that has been acknowledged by now. */
  boolean isCurrent() {
    for (int i = 0; i < courses.length; i++) {
      if (!courses[i].has(topics.get(i).head())) {
        return false;
      }
    }
    return true;
  }

  /** What came and what did not, of logs that end where they are now; the event loops must have ended. */
  Verdict verdict() {
    Verdict sum = Verdict.CLEAN;
    for (int i = 0; i < courses.length; i++) {
      sum = sum.plus(new Verdict(courses[i].lost(topics.get(i).head()), courses[i].doubled(), courses[i].reordered()));
    }
    return sum;
  }

  List<Truth> topics() {
    return topics;
  }

  private int topicOf(ByteBuf bytes, int from, int to) {
    int at = FrameScan.find(bytes, from, to, TOPIC);
    for (int i = 0; i < courses.length; i++) {
      if (FrameScan.isString(bytes, at, to, topics.get(i).name())) {
        return i;
      }
    }
    return -1;
  }
}
