package io.vestibule.gateway.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.ShardMembers;
import io.vestibule.gateway.members.core.Word;
import io.vestibule.gateway.members.store.MemberStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** However calls of many nodes come between each other, hints are never less than the truth. */
class MemberBookPropertyTest {
  private static final long PLENTY = 1L << 30;
  private static final long NOW = 1_800_000_000_000L;

  private final Steps steps = new Steps();
  private final MemberBook book = new MemberBook(steps, null, () -> NOW, notice -> { });

  /** Keeps members in two parts; each call is done when the test says so. */
  private static final class Steps implements MemberStore {
    private final ShardMembers truth = new ShardMembers();
    private final ShardMembers hints = new ShardMembers();
    private final List<Runnable> waiting = new ArrayList<>();

    private <T> Future<T> later(Supplier<T> call) {
      Promise<T> promise = Promise.promise();
      waiting.add(() -> promise.complete(call.get()));
      return promise.future();
    }

    boolean step(Random random) {
      if (waiting.isEmpty()) {
        return false;
      }
      waiting.remove(random.nextInt(waiting.size())).run();
      return true;
    }

    @Override
    public Future<Changed> change(Change change) {
      return later(() -> truth.change(change, PLENTY));
    }

    @Override
    public Future<List<Word>> look(int shard, List<Pair> pairs) {
      return later(() -> truth.look(pairs));
    }

    @Override
    public Future<Map<String, Word>> roster(String topic) {
      return later(() -> truth.roster(topic));
    }

    @Override
    public Future<List<Changed.Room>> hint(int shard, List<Pair> pairs) {
      return later(() -> hints.hint(pairs, PLENTY));
    }

    @Override
    public Future<Void> unhint(int shard, List<Pair> pairs) {
      return later(() -> {
        hints.unhint(pairs);
        return null;
      });
    }

    @Override
    public Future<List<List<String>>> hinted(int shard, List<String> users) {
      return later(() -> hints.hinted(users));
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  @Property(tries = 1_000)
  void hintsAreNeverLessThanTheTruth(@ForAll long seed) {
    Random random = new Random(seed);
    List<Future<Changed>> calls = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      if (random.nextInt(4) == 0) {
        List<String> users = IntStream.range(0, 1 + random.nextInt(2)).mapToObj(i -> "u" + random.nextInt(2)).toList();
        calls.add(random.nextBoolean() ? book.add("t", users, false) : book.remove("t", users));
      } else {
        steps.step(random);
      }
    }
    while (steps.step(random)) {
      // To the end.
    }
    assertThat(calls).allSatisfy(call -> assertThat(call.succeeded()).isTrue());
    for (String user : steps.truth.roster("t").keySet()) {
      assertThat(steps.hints.hinted(List.of(user)).get(0)).containsExactly("t");
    }
  }

  private <T> Future<T> done(Future<T> call) {
    Random random = new Random(1);
    while (steps.step(random)) {
      // To the end.
    }
    return call;
  }

  /** Of somebody who was removed while a node died, say. */
  @Test
  void hintsThatAreNotTrueMakeRoom() {
    steps.hints.hint(IntStream.range(0, 1_000).mapToObj(i -> new Pair("u", "t" + i)).toList(), PLENTY);
    steps.truth.change(new Change("t1", List.of("u"), true, 0, 0, NOW), PLENTY);
    assertThat(done(book.add("more", List.of("u"), false)).succeeded()).isTrue();
    assertThat(steps.hints.hinted(List.of("u")).get(0)).containsExactlyInAnyOrder("t1", "more");
  }

  @Test
  void whoHasAsManyTopicsAsPermittedGetsNoMore() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(done(book.add("t" + i, List.of("u"), false)).succeeded()).isTrue();
    }
    Future<Changed> more = done(book.add("more", List.of("u", "v"), false));
    assertThat(((Failure) more.cause()).reason()).isEqualTo(ErrorReason.TOO_MANY_MEMBERSHIPS);
    assertThat(steps.truth.roster("more")).as("of a call that fails nobody has become a member").isEmpty();
  }
}
