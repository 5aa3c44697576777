package io.vestibule.bench.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vestibule.bench.client.FrameScan;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the load client spends on a frame of 64 bytes of data: it must be little beside the read of the socket, some microseconds. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FrameScanBenchmark {
  private final byte[] type = FrameScan.key("type");
  private final byte[] data = FrameScan.key("data");
  private ByteBuf frame;

  /** One frame as a server sends it, in direct memory as a socket's read leaves it. */
  @Setup
  public void encode() {
    String json = "{\"type\":\"message\",\"topic\":\"bench.t\",\"data\":\"" + "x".repeat(62)
        + "\",\"metadata\":{\"senderId\":\"bench-01234567-p0\"},\"timestamp\":\"2026-01-01T00:00:00.000Z\"}";
    frame = PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The two members that a delivery needs. */
  @Benchmark
  public int typeAndData() {
    int end = frame.writerIndex();
    return FrameScan.find(frame, 0, end, type) + FrameScan.find(frame, 0, end, data);
  }
}
