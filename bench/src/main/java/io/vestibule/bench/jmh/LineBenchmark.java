package io.vestibule.bench.jmh;

import io.vestibule.admission.core.Line;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A line with a million places and more: what one place costs in time, and, printed as it is filled, in memory. Twenty join in a millisecond, as when a sale begins. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LineBenchmark {
  /** Few beside those who stand in line, so that it is about as long at the end as at the beginning. */
  private static final int MANY = 100_000;
  /** A prime that no length of the line is a multiple of: nobody is met twice, and whoever is next stands far away. */
  private static final int STRIDE = 7_919;
  private static final String[] CLASSES = {null, "silver", "gold"};

  @Param({"1000000", "10000000"})
  private int places;

  /** Lanes: one, or three with credits of up to a minute. */
  @Param({"1", "3"})
  private int classes;

  private Line line;
  private long[] tickets;
  private SplittableRandom random;
  private long joined;

  /** Fills the line. */
  @Setup(Level.Iteration)
  public void fill() {
    tickets = null;
    line = null;
    random = new SplittableRandom(1);
    tickets = new long[places];
    long before = used();
    line = new Line(classes == 1 ? Map.of() : Map.of("silver", 20_000L, "gold", 60_000L));
    joined = 0;
    for (int i = 0; i < places; i++) {
      tickets[i] = join();
    }
    System.out.printf("%,d places: %.1f MB%n", places, (used() - before) / 1e6);
  }

  /** Somebody joins, and many more after them. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OperationsPerInvocation(MANY)
  @Warmup(iterations = 5)
  @Measurement(iterations = 10)
  public void joinOnly() {
    for (int i = 0; i < MANY; i++) {
      join();
    }
  }

  /** Somebody gives up, here and there, and many more after them. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OperationsPerInvocation(MANY)
  @Warmup(iterations = 5)
  @Measurement(iterations = 10)
  public void cancelOnly() {
    for (int i = 0; i < MANY; i++) {
      line.cancel(tickets[(int) ((long) i * STRIDE % places)]);
    }
  }

  /** Where somebody stands. */
  @Benchmark
  public long rank() {
    return line.rank(tickets[random.nextInt(places)]);
  }

  /** Who is next: the foremost is away, and has to be passed over. */
  @Benchmark
  public long selectPastOneWhoIsAway() {
    long first = line.first();
    line.setAway(first, true);
    long next = line.first();
    line.setAway(first, false);
    return next;
  }

  /** Who is behind somebody. */
  @Benchmark
  public long next() {
    return line.next(tickets[random.nextInt(places)]);
  }

  /** Somebody gives up, somewhere in the line, and somebody else joins. */
  @Benchmark
  public void cancelAndJoin() {
    int at = random.nextInt(places);
    line.cancel(tickets[at]);
    tickets[at] = join();
  }

  /** The foremost is admitted, and somebody joins. */
  @Benchmark
  public void admitAndJoin() {
    line.cancel(line.first());
    join();
  }

  private long join() {
    joined++;
    return line.join(CLASSES[random.nextInt(classes)], joined / 20, joined);
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
