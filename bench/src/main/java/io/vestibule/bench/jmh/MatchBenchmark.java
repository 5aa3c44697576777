package io.vestibule.bench.jmh;

import io.vestibule.gateway.topic.MatchVisitor;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of one match among 1,000,000 subscriptions to as many patterns, by what they look like ({@link MatchSet}) and by how many the
 * topic hits at the least (some sets cannot hit once without hitting often; a line at the beginning says how often). The topic is another one each time, so that the answer is not always in the same cache lines.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
@State(Scope.Thread)
public class MatchBenchmark {
  private static final int PATTERNS = 1_000_000;

  @Param({"MIXED", "FLOATING", "ROOTED", "CROSSED", "GRID", "NESTED", "STARRED"})
  MatchSet set;

  @Param({"0", "1", "1000"})
  int hits;

  private final SubscriptionTrie<Object> trie = new SubscriptionTrie<>();
  private final Counter counter = new Counter();
  private String[] topics;
  private int turn;

  /** Fills the trie and makes sure that each topic has the hits that it is meant to have. */
  @Setup(Level.Trial)
  public void fill() {
    for (int i = 0; i < PATTERNS; i++) {
      trie.add(TopicPattern.parse(set.pattern(i)), new Object());
    }
    topics = new String[hits == 1000 ? 16 : 1024];
    for (int i = 0; i < topics.length; i++) {
      topics[i] = hits == 0 ? set.missed(i) : set.hit(i);
      for (int more = 0; count(topics[i]) < hits; more++) {
        trie.add(TopicPattern.parse(set.more(topics[i], more)), new Object());
      }
      if (count(topics[i]) == 0 != (hits == 0)) {
        throw new IllegalStateException(topics[i] + " has " + count(topics[i]) + " hits");
      }
    }
    System.out.println("# " + set + ": " + trie.size() + " subscriptions, the first topic hits " + count(topics[0]));
  }

  /** One match. */
  @Benchmark
  public int match() {
    return count(topics[turn++ & topics.length - 1]);
  }

  private int count(String topic) {
    counter.hits = 0;
    trie.match(topic, counter);
    return counter.hits;
  }

  private static final class Counter implements MatchVisitor<Object> {
    private int hits;

    @Override
    public void literal(Object subscriber) {
      hits++;
    }

    @Override
    public void pattern(Object subscriber, String pattern) {
      hits++;
    }
  }
}
