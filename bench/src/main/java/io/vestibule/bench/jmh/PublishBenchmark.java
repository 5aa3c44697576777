package io.vestibule.bench.jmh;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vestibule.cluster.Bus;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.fanout.FanPublisher;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.metrics.GatewayMeters;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The way of a message from a publisher to an event loop of the same node: encoding, the bus, and the hand-over; the slower of the two sides sets the time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PublishBenchmark {
  private static final int MOST_ON_THE_WAY = 1_000;

  private final AtomicLong arrived = new AtomicLong();
  private final Publication publication =
      new Publication("chat.room.42", Buffer.buffer("{\"text\":\"" + "x".repeat(53) + "\"}"), "said", null, null, "anna", null);
  private Vertx vertx;
  private FanPublisher publisher;
  private long published;

  @Setup
  public void start() {
    vertx = Vertx.vertx();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Bus bus = new Bus(vertx, Duration.ofSeconds(5), registry);
    bus.subscribe(Addresses.FAN, (FanMessage message) -> arrived.incrementAndGet()).await();
    publisher = new FanPublisher(new FrameEncoder(System::currentTimeMillis), bus, new GatewayMeters(registry));
  }

  @Benchmark
  public void publish() {
    publisher.publish(publication, null);
    published++;
    while (published - arrived.get() > MOST_ON_THE_WAY) {
      Thread.onSpinWait();
    }
  }

  @TearDown
  public void stop() {
    vertx.close().await();
  }
}
