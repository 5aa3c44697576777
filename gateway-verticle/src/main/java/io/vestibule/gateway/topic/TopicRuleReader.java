package io.vestibule.gateway.topic;

import io.vestibule.contract.error.Failure;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Makes one {@link TopicRule} of an entry of the configuration, and says where it stands and what is wrong when it cannot. */
final class TopicRuleReader {
  private static final Duration LONGEST_GRACE = Duration.ofMinutes(10);

  private final String where;
  private final TopicRuleConfig config;

  TopicRuleReader(int index, TopicRuleConfig config) {
    this.where = "topics[" + index + "]";
    this.config = config;
  }

  /** Reads the entry; throws IllegalArgumentException that names the key and the value. */
  TopicRule read() {
    TopicPattern pattern = pattern();
    boolean user = TopicName.startsWithSegment(pattern.text(), UserTopic.ROOT);
    Audience subscribe = word(Audience.class, "subscribe", config.subscribe(), user ? Audience.OWNER : Audience.NOBODY);
    Audience publish = word(Audience.class, "publish", config.publish(), user ? Audience.SERVERS : Audience.NOBODY);
    guard(pattern, user, subscribe, publish);
    boolean durable = orElse(config.durable(), false);
    return new TopicRule(
        pattern,
        subscribe,
        publish,
        durable,
        (int) positive("history-size", orElse(config.historySize(), TopicRule.DEFAULT_HISTORY_SIZE)),
        positive(orElse(config.historyTime(), TopicRule.DEFAULT_HISTORY_TIME)),
        notNegative("history-bytes", orElse(config.historyBytes(), 0L)),
        orElse(config.presence(), true),
        grace(orElse(config.presenceGrace(), TopicRule.DEFAULT_PRESENCE_GRACE)),
        orElse(config.presenceAway(), false),
        orElse(config.notifyReconnected(), false),
        notNegative("max-payload", orElse(config.maxPayload(), 0L)),
        slowConsumer(durable),
        open(subscribe, publish));
  }

  /** Whoever is too slow for what is kept is sent away, and gets it when he comes back: what is left out for him, nobody would tell him. */
  private SlowConsumerPolicy slowConsumer(boolean durable) {
    SlowConsumerPolicy policy = word(SlowConsumerPolicy.class, "slow-consumer", config.slowConsumer(), SlowConsumerPolicy.DISCONNECT);
    if (durable && policy != SlowConsumerPolicy.DISCONNECT) {
      throw wrong("slow-consumer", lower(policy), "would leave holes in what durable: true promises; use disconnect, or durable: false (pattern \"" + config.pattern() + "\")");
    }
    return policy;
  }

  private boolean open(Audience subscribe, Audience publish) {
    boolean open = orElse(config.open(), false);
    if (open && subscribe != Audience.MEMBERS && publish != Audience.MEMBERS) {
      throw wrong("open", "true", "has a meaning only where subscribe or publish is for members");
    }
    return open;
  }

  private TopicPattern pattern() {
    if (config.pattern() == null) {
      throw wrong("pattern", null, "is missing");
    }
    try {
      return TopicPattern.parse(config.pattern());
    } catch (Failure e) {
      throw wrong("pattern", config.pattern(), "is not a topic pattern: " + e.getMessage());
    }
  }

  private void guard(TopicPattern pattern, boolean user, Audience subscribe, Audience publish) {
    if (user) {
      require(subscribe == Audience.OWNER || subscribe == Audience.NOBODY, "subscribe", subscribe,
          "would open user.**, which nobody but its owner may subscribe to; use owner or nobody");
      require(publish == Audience.SERVERS || publish == Audience.NOBODY, "publish", publish,
          "would open user.**, which clients may not publish to; use servers or nobody");
    } else if (TopicName.startsWithSegment(pattern.text(), TopicRules.RESERVED_ROOT)) {
      require(subscribe == Audience.NOBODY, "subscribe", subscribe, "would open vestibule.**, which is reserved; use nobody");
      require(publish == Audience.NOBODY, "publish", publish, "would open vestibule.**, which is reserved; use nobody");
    } else {
      require(subscribe != Audience.OWNER, "subscribe", subscribe, "has a meaning under user.** only, no other topic has an owner");
      require(publish != Audience.OWNER, "publish", publish, "has a meaning under user.** only, no other topic has an owner");
    }
  }

  private void require(boolean holds, String key, Audience value, String why) {
    if (!holds) {
      throw wrong(key, value.word(), why + " (pattern \"" + config.pattern() + "\")");
    }
  }

  private <E extends Enum<E>> E word(Class<E> type, String key, String word, E otherwise) {
    if (word == null) {
      return otherwise;
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(e -> lower(e).equals(word))
        .findFirst()
        .orElseThrow(() -> wrong(key, word, "is not known; use one of "
            + Arrays.stream(type.getEnumConstants()).map(TopicRuleReader::lower).collect(Collectors.joining(", "))));
  }

  private long positive(String key, long value) {
    if (value <= 0) {
      throw wrong(key, Long.toString(value), "must be at least 1");
    }
    return value;
  }

  private Duration positive(Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw wrong("history-time", value.toString(), "must be more than nothing");
    }
    return value;
  }

  private Duration grace(Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST_GRACE) > 0) {
      throw wrong("presence-grace", value.toString(), "must be from nothing to " + LONGEST_GRACE.toMinutes() + " minutes");
    }
    return value;
  }

  private long notNegative(String key, long value) {
    if (value < 0) {
      throw wrong(key, Long.toString(value), "must not be negative");
    }
    return value;
  }

  private IllegalArgumentException wrong(String key, String value, String what) {
    return new IllegalArgumentException(where + "." + key + (value == null ? "" : ": \"" + value + "\"") + " " + what);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <T> T orElse(T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
