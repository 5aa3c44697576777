package io.vestibule.gateway;

import static io.vestibule.gateway.RawSocket.FIN;
import static io.vestibule.gateway.RawSocket.TEXT;
import static io.vestibule.gateway.RawSocket.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.frame.BadFrames;
import io.vestibule.gateway.frame.FrameDecoder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bent bytes on real sockets, from the handshake to the last buffer. Each is answered or ends its sender's connection with a reason, a bystander on the same event loop gets all of its messages and
 * nothing else, and no buffer is lost: {@value #TRIES} in the test command, a million by hand in about two hours:
 *
 * <pre>
 * mvn -pl gateway-verticle -am verify -Dtest=NONE -Dit.test=SocketFuzzIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Dvestibule.fuzz.tries=1000000
 * </pre>
 *
 * A failure names its seed; {@code -Dvestibule.fuzz.seed=} repeats it, but for what the kernel makes of several writes.
 */
class SocketFuzzIT {
  private static final int TRIES = 1_000;
  private static final int LOOK_AT_OTHERS_EVERY = 20;
  private static final int ONE_IN_LEAVES = 20;
  private static final Map<Integer, String> CODES = Stream.of(CloseReason.values()).collect(Collectors.toMap(CloseReason::code, CloseReason::slug));

  private static GatewayFixture start() {
    return GatewayFixture.start(config -> {
      config.instances = 1;
      // What is sent is to be looked at, and not counted.
      config.malformedFrames = Integer.MAX_VALUE;
      config.messagesPerSecond = 0;
    });
  }

  /** Somebody who has nothing to do with it. */
  private record Bystander(GatewayFixture gateway, RawSocket socket) {
    Bystander(GatewayFixture gateway) {
      this(gateway, gateway.open("bystander").subscribe("news"));
    }

    void expectsOnly(Object news) {
      gateway.publish("news", news);
      assertThat(socket.text().json().getValue("data")).as("what the bystander gets").isEqualTo(news);
    }

    /** It is alone again, and nothing waits for anybody. */
    void isLeft() {
      GatewayFixture.until("the others are gone", () -> gateway.gauge("vestibule.connections") == 1);
      GatewayFixture.until("nothing waits", () -> gateway.waitingBytes() == 0);
      expectsOnly("the last word");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/sockjs/websocket"})
  void theCorpusIsAnsweredOnSockets(String path) throws Exception {
    try (GatewayFixture gateway = start()) {
      var bystander = new Bystander(gateway);
      RawSocket sender = null;
      for (BadFrames.BadFrame bad : BadFrames.all()) {
        if (sender == null) {
          sender = RawSocket.connect(gateway.port()).upgrade(path).authenticate(gateway.token("sender"));
        }
        sender.send(frame(FIN | TEXT, bad.bytes()));
        if (FrameDecoder.isText(bad.bytes())) {
          expectError(sender, bad);
        } else {
          sender.expectClose(1007, "invalid_utf8");
          sender.close();
          sender = null;
        }
        bystander.expectsOnly(bad.toString());
      }
      if (sender != null) {
        sender.close();
      }
      bystander.isLeft();
      bystander.socket.close();
    }
  }

  private static void expectError(RawSocket sender, BadFrames.BadFrame bad) {
    try {
      JsonObject error = sender.text().json();
      assertThat(error.getString("type")).isEqualTo("error");
      assertThat(error.getString("reason")).isEqualTo(bad.slug());
      assertThat(error.getJsonObject("details", new JsonObject()).getString("field")).isEqualTo(bad.field());
      sender.send("{\"type\":\"ping\"}");
      assertThat(sender.text().type()).as("it goes on").isEqualTo("pong");
    } catch (AssertionError e) {
      throw new AssertionError(bad.toString(), e);
    }
  }

  @Test
  void bentBytesHarmNobodyButTheirSender() throws Exception {
    long seed = Long.getLong("vestibule.fuzz.seed", System.nanoTime());
    int tries = Integer.getInteger("vestibule.fuzz.tries", TRIES);
    var run = new Run(new SplittableRandom(seed));
    try (GatewayFixture gateway = start()) {
      run.on(gateway, tries);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("-Dvestibule.fuzz.seed=" + seed + ", " + run, e);
    }
    assertThat(run.wentOn).as("some go on, or the bytes are too wild").isGreaterThan(tries / 10);
    assertThat(run.ended).as("some end, or they are too tame").isGreaterThan(tries / 10);
  }

  /** A sender that makes itself another socket when one has ended. */
  private static final class Run {
    private final SplittableRandom random;
    private final BentStreams streams;
    private GatewayFixture gateway;
    private RawSocket sender;
    private int tried;
    private byte[] stream = {};
    private int wentOn;
    private int ended;

    Run(SplittableRandom random) {
      this.random = random;
      this.streams = new BentStreams(random);
    }

    void on(GatewayFixture fixture, int tries) {
      gateway = fixture;
      var bystander = new Bystander(gateway);
      for (; tried < tries; tried++) {
        if (sender == null) {
          sender = gateway.open("sender");
        }
        stream = streams.next();
        if (random.nextInt(ONE_IN_LEAVES) == 0) {
          leave();
        } else if (isAnswered()) {
          wentOn++;
        } else {
          ended++;
          forget();
        }
        if (tried % LOOK_AT_OTHERS_EVERY == 0) {
          bystander.expectsOnly(tried);
        }
      }
      forget();
      bystander.isLeft();
      bystander.socket.close();
    }

    private void forget() {
      if (sender != null) {
        sender.close();
        sender = null;
      }
    }

    /** Goes away in the middle, with a reset or in order. */
    private void leave() {
      sender.trySend(Arrays.copyOf(stream, random.nextInt(stream.length + 1)));
      if (random.nextBoolean()) {
        sender.reset();
      }
      forget();
    }

    /** Whether the connection goes on behind these bytes. Else it has said why not, unless the sender has closed it. */
    private boolean isAnswered() {
      String last = "ping " + tried;
      byte[] complete = BentStreams.completed(stream);
      boolean saysClose = BentStreams.saysClose(complete);
      byte[] ping = frame(FIN | TEXT, new JsonObject().put("type", "ping").put("id", last).encode());
      for (byte[] piece : streams.cut(FramingIT.concat(complete, ping))) {
        sender.trySend(piece);
      }
      JsonObject said = new JsonObject();
      while (true) {
        RawSocket.Received next = sender.next();
        if (next instanceof RawSocket.Text text) {
          said = text.json();
          if (last.equals(said.getValue("id"))) {
            assertThat(said.getString("type")).isEqualTo("pong");
            return true;
          }
        } else if (next instanceof RawSocket.Goodbye goodbye && "closing".equals(said.getString("type"))) {
          assertThat(goodbye.reason()).as("the reason of " + goodbye.code()).isEqualTo(CODES.get(goodbye.code())).isEqualTo(said.getString("reason"));
          assertThat(goodbye.code()).isEqualTo(said.getInteger("code"));
          return false;
        } else if (!(next instanceof RawSocket.Pong)) {
          assertThat(saysClose).as("it ends without a reason (%s), and nobody asked it to", next).isTrue();
          return false;
        }
      }
    }

    @Override
    public String toString() {
      return "try " + tried + ": " + HexFormat.of().formatHex(stream);
    }
  }
}
