package io.vestibule.systemtests.check;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The topics of a run. Of some so little is kept that who is away for a moment misses something, and is to be told. */
final class Topics {
  /** The rules for them, as the node's configuration has them. */
  static final String RULES = """
      topics:
        - { pattern: user.**, subscribe: owner, publish: servers, durable: true, history-size: 1000000, history-time: 1h }
        - { pattern: check.short.*, subscribe: authenticated, publish: authenticated, durable: true, history-size: 20, history-time: 1h }
        - { pattern: check.long.*, subscribe: authenticated, publish: authenticated, durable: true, history-size: 1000000, history-time: 1h }
        - { pattern: "**", subscribe: authenticated, publish: authenticated }
      """;
  static final List<String> LONG = IntStream.range(0, 6).mapToObj(i -> "check.long." + i).toList();
  static final List<String> SHORT = IntStream.range(0, 2).mapToObj(i -> "check.short." + i).toList();
  static final List<String> ALL = Stream.concat(LONG.stream(), SHORT.stream()).toList();

  /** Of a user with two devices. */
  static final String HOLDER = "holder";
  /** With what only servers publish to. */
  static final List<String> SERVERS = Stream.concat(ALL.stream(), Stream.of(own(HOLDER), own(HOLDER))).toList();

  private Topics() {}

  /** A user's own topic. */
  static String own(String user) {
    return "user." + user;
  }

  /** Whether everything is kept: then whoever publishes may try until he succeeds, as ids are remembered as long as messages are. */
  static boolean isLong(String topic) {
    return !SHORT.contains(topic);
  }
}
