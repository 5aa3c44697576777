package io.vestibule.bench.jmh;

import io.vertx.core.buffer.Buffer;
import io.vestibule.gateway.fanout.Publication;
import io.vestibule.gateway.fanout.Published;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.FrameFailure;
import io.vestibule.gateway.frame.ServerFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to read a client's frame and to write a server's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBenchmark {
  /** Bytes of {@code data}. */
  @Param({"64", "4096"})
  public int size;

  private final FrameDecoder decoder = new FrameDecoder(64);
  private final FrameEncoder encoder = new FrameEncoder(System::currentTimeMillis);
  private final byte[] ping = "{\"type\":\"ping\",\"id\":17}".getBytes(StandardCharsets.UTF_8);
  private byte[] message;
  private Publication publication;

  @Setup
  public void prepare() {
    String data = "{\"text\":\"" + "x".repeat(size - 11) + "\"}";
    message = ("{\"type\":\"message\",\"topic\":\"chat.room.42\",\"id\":1,\"eventType\":\"said\",\"data\":" + data + "}")
        .getBytes(StandardCharsets.UTF_8);
    publication = new Publication("chat.room.42", Buffer.buffer(data), "said", null, null, "anna", null);
  }

  @Benchmark
  public ClientFrame decodePing() throws FrameFailure {
    return decoder.decode(ping);
  }

  @Benchmark
  public ClientFrame decodeMessage() throws FrameFailure {
    return decoder.decode(message);
  }

  @Benchmark
  public Buffer encodeMessage() {
    return encoder.message(publication);
  }

  @Benchmark
  public Buffer encodeAck() {
    return encoder.encode(new ServerFrame.Ack("17", "chat.room.42", null, Published.UNKEPT));
  }
}
