package io.vestibule.bench.load;

import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * One run of {@code bench fanout}.
 *
 * @param connections subscribers
 * @param publishers connections that publish and do not subscribe
 * @param rate messages a second, of all publishers together
 * @param size bytes of a message's {@code data}
 * @param topic what all subscribe to; may be a pattern when {@code publishTopic} matches it
 * @param publishTopic where the messages go
 * @param warmup how long messages are sent before measuring begins; they too must arrive
 * @param duration how long it is measured
 * @param threads event loops of the client
 */
public record FanoutPlan(
    Target target,
    Tokens tokens,
    int connections,
    int publishers,
    double rate,
    int size,
    String topic,
    String publishTopic,
    Duration warmup,
    Duration duration,
    int threads) {

  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9_:@~.*-]{1,255}");

  public FanoutPlan {
    if (!TOPIC.matcher(topic).matches() || !TOPIC.matcher(publishTopic).matches() || publishTopic.contains("*")) {
      throw new IllegalArgumentException("not a topic: " + topic + ", or not one to publish to: " + publishTopic);
    }
    if (connections < 1 || publishers < 1 || publishers > Mark.MAX_PUBLISHERS || threads < 1) {
      throw new IllegalArgumentException("connections, publishers (at most " + Mark.MAX_PUBLISHERS + ") and threads must be at least 1");
    }
    if (!(rate > 0)) {
      throw new IllegalArgumentException("rate must be above 0, not " + rate);
    }
    if (size < Mark.SMALLEST || size > 60_000) {
      throw new IllegalArgumentException("size must be from " + Mark.SMALLEST + " to 60000 bytes, not " + size);
    }
    if (warmup.isNegative() || duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("duration must be above 0 and warmup not below");
    }
  }

  /** As many publishers as keep each below 80 messages a second: a server limits what one connection may send. */
  public static int publishersFor(double rate) {
    return (int) Math.max(1, Math.ceil(rate / 80));
  }
}
