package io.vestibule.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.ByteBudget;
import io.vestibule.gateway.session.LoopClock;
import org.junit.jupiter.api.Test;

class BridgeDialectTest {
  private static final BridgeLimits LIMITS = new BridgeLimits(4096, 4096, 1_000, 0, null, LoopClock.system(), null, new ByteBudget(HeldFrames.MOST_BYTES));

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
    assertThat(said(true, new ServerFrame.Subscribed(null, "user.ann", true, null, null))).isNull();
    assertThat(said(true, new ServerFrame.Unsubscribed(null, "user.ann"))).isNull();
  }

  @Test
  void framesAreHeldInOrderAndPingsAreKnown() {
    var held = new HeldFrames(new ByteBudget(Long.MAX_VALUE));
    assertThat(held.offer(Buffer.buffer("a"))).isEmpty();
    // Two frames take something besides their bytes.
    Buffer rest = Buffer.buffer(new byte[HeldFrames.MOST_BYTES - 2 * HeldFrames.OF_A_FRAME - 1]);
    assertThat(held.offer(rest)).isEmpty();
    assertThat(held.offer(Buffer.buffer())).contains(ErrorReason.NOT_AUTHENTICATED);
    assertThat(held.next()).hasToString("a");
    assertThat(held.offer(Buffer.buffer("b"))).isEmpty();
    assertThat(held.next()).isEqualTo(rest);
    assertThat(held.next()).hasToString("b");
    assertThat(held.isEmpty()).isTrue();
    assertThat(HeldFrames.isPing(Buffer.buffer("{\"type\":\"ping\"}"))).isTrue();
    for (String other : new String[] {"", "null", "[]", "7", "{", "{\"type\":7}", "{\"type\":\"send\"}", "{\"type\":\"ping\",\"x\":\"" + "x".repeat(100) + "\"}"}) {
      assertThat(HeldFrames.isPing(Buffer.buffer(other))).as(other).isFalse();
    }
  }

  @Test
  void whatAllHoldTogetherIsBounded() {
    var node = new ByteBudget(3 * (HeldFrames.OF_A_FRAME + 1));
    var first = new HeldFrames(node);
    var second = new HeldFrames(node);
    Buffer frame = Buffer.buffer("a");
    assertThat(first.offer(frame)).isEmpty();
    assertThat(first.offer(frame)).isEmpty();
    assertThat(second.offer(frame)).isEmpty();
    assertThat(second.offer(frame)).contains(ErrorReason.UNAVAILABLE);
    // Who is in has it handed over in a moment.
    second.add(frame);
    first.next();
    assertThat(second.offer(frame)).as("it was beyond the bound").contains(ErrorReason.UNAVAILABLE);
    first.clear();
    assertThat(second.offer(frame)).isEmpty();
    second.clear();
    second.clear();
    assertThat(node.taken()).isZero();
  }
}
