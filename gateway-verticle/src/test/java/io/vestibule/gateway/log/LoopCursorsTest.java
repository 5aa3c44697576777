package io.vestibule.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.metrics.CursorMeters;
import io.vestibule.gateway.session.LoopClock;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopCursorsTest {
  private static final String TOPIC = "user.ann";

  private record Call(List<CursorMove> moves, Promise<long[]> answer) {}

  private final AtomicLong nowMs = new AtomicLong(1_000);
  private final List<Call> calls = new ArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LoopCursors cursors = new LoopCursors(log(), new LoopClock(nowMs::get, nowMs::get), new CursorMeters(registry));

  @SuppressWarnings("unchecked")
  private TopicLog log() {
    return (TopicLog) Proxy.newProxyInstance(TopicLog.class.getClassLoader(), new Class<?>[] {TopicLog.class}, (proxy, method, arguments) -> {
      assertThat(method.getName()).isEqualTo("move");
      Call call = new Call((List<CursorMove>) arguments[1], Promise.promise());
      calls.add(call);
      return call.answer.future();
    });
  }

  private static CursorMove move(String name, long epoch, long offset) {
    return new CursorMove(TOPIC, name, epoch, offset);
  }

  @Test
  void theLastWordOfEachIsWrittenInOneCall() {
    cursors.move(TOPIC, "device/a", new Position(7, 1));
    cursors.move(TOPIC, "device/b", new Position(7, 9));
    cursors.move(TOPIC, "device/a", new Position(7, 5));
    cursors.move(TOPIC, "device/a", new Position(7, 3));
    cursors.move(TOPIC, "device/b", new Position(8, 1));
    cursors.tick();
    assertThat(calls).hasSize(1);
    assertThat(calls.get(0).moves).containsExactly(move("device/a", 7, 5), move("device/b", 8, 1));
    cursors.move(TOPIC, "device/a", new Position(7, 6));
    cursors.tick();
    assertThat(calls).as("one at a time").hasSize(1);
    calls.get(0).answer.complete(new long[] {5, 1});
    cursors.tick();
    assertThat(calls.get(1).moves).containsExactly(move("device/a", 7, 6));
  }

  @Test
  void whatFailedIsSaidAgainAndNotInsteadOfWhatCameMeanwhile() {
    cursors.move(TOPIC, "device/a", new Position(7, 5));
    cursors.move(TOPIC, "device/b", new Position(7, 5));
    cursors.move(TOPIC, "device/c", new Position(7, 5));
    cursors.tick();
    cursors.move(TOPIC, "device/a", new Position(7, 2));
    cursors.move(TOPIC, "device/b", new Position(8, 1));
    calls.get(0).answer.fail("lost");
    cursors.tick();
    assertThat(calls).as("after a while").hasSize(1);
    nowMs.addAndGet(1_000);
    cursors.tick();
    assertThat(calls.get(1).moves).containsExactlyInAnyOrder(move("device/a", 7, 5), move("device/b", 8, 1), move("device/c", 7, 5));
    assertThat(registry.get("vestibule.log.cursors.failed").counter().count()).isEqualTo(1);
  }

  @Test
  void noMoreWaitThanMayAndTheRestIsWrittenInTheEnd() {
    for (int i = 0; i < LoopCursors.MOST + 10; i++) {
      cursors.move(TOPIC, "device/" + i, new Position(7, 1));
    }
    assertThat(registry.get("vestibule.log.cursors.dropped").counter().count()).isEqualTo(10);
    Future<Void> flushed = cursors.flush();
    assertThat(calls).allSatisfy(call -> assertThat(call.moves).hasSize(LoopCursors.IN_A_CALL)).hasSize(LoopCursors.MOST / LoopCursors.IN_A_CALL);
    assertThat(calls.get(0).moves.get(0).name()).as("the oldest went").isEqualTo("device/10");
    assertThat(flushed.isComplete()).isFalse();
    calls.forEach(call -> call.answer.complete(new long[0]));
    assertThat(flushed.isComplete()).isTrue();
  }
}
