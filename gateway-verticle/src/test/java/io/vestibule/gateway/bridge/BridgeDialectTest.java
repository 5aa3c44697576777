package io.vestibule.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.session.LoopClock;
import org.junit.jupiter.api.Test;

class BridgeDialectTest {
  private static final BridgeLimits LIMITS = new BridgeLimits(4096, 4096, 1_000, 0, null, LoopClock.system(), null);

  private static Buffer said(boolean aware, ServerFrame frame) {
    return new BridgeDialect(null, null, LIMITS, aware).say(frame, new FrameEncoder(() -> 0)::encode);
  }

  @Test
  void whoKnowsOfTheLineIsToldToMove() {
    JsonObject move = new JsonObject(said(true, new ServerFrame.Move(60_000, 5_000, "drain")));
    assertThat(move.getString("type")).isEqualTo("move");
    assertThat(move.getString("event")).isEqualTo("move");
    assertThat(move.getJsonObject("message").getInteger("withinMs")).isEqualTo(5_000);
    assertThat(said(false, new ServerFrame.Move(60_000, 5_000, "drain"))).isNull();
  }

  @Test
  void whatIsAboutTopicsIsNotSaid() {
    assertThat(said(true, new ServerFrame.Subscribed(null, "user.ann", true, null))).isNull();
    assertThat(said(true, new ServerFrame.Unsubscribed(null, "user.ann"))).isNull();
  }

  @Test
  void framesAreHeldInOrderAndPingsAreKnown() {
    HeldFrames held = new HeldFrames();
    held.add(Buffer.buffer("a"));
    // Two frames take something besides their bytes.
    Buffer rest = Buffer.buffer(new byte[HeldFrames.MOST_BYTES - 2 * HeldFrames.OF_A_FRAME - 1]);
    assertThat(held.hasRoomFor(rest)).isTrue();
    held.add(rest);
    assertThat(held.hasRoomFor(Buffer.buffer())).isFalse();
    assertThat(held.next()).hasToString("a");
    assertThat(held.hasRoomFor(Buffer.buffer("b"))).isTrue();
    held.add(Buffer.buffer("b"));
    assertThat(held.next()).isEqualTo(rest);
    assertThat(held.next()).hasToString("b");
    assertThat(held.isEmpty()).isTrue();
    assertThat(HeldFrames.isPing(Buffer.buffer("{\"type\":\"ping\"}"))).isTrue();
    for (String other : new String[] {"", "null", "[]", "7", "{", "{\"type\":7}", "{\"type\":\"send\"}", "{\"type\":\"ping\",\"x\":\"" + "x".repeat(100) + "\"}"}) {
      assertThat(HeldFrames.isPing(Buffer.buffer(other))).as(other).isFalse();
    }
  }
}
