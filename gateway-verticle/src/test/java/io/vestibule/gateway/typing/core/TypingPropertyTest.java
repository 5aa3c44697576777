package io.vestibule.gateway.typing.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.typing.core.TypingBoard.Place;
import io.vestibule.gateway.typing.core.Typists.Said;
import io.vestibule.gateway.typing.core.Typists.Typist;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Two event loops whose clients type and one that hears of it, against a map of who said so last and when. */
class TypingPropertyTest {
  private static final long TICK = 250;
  private static final int LOOPS = 2;
  /** How long a board may believe in a loop that is gone. */
  private static final long DEATH = Typists.AGAIN_MS + TypingBoard.HOLD_MS + TICK;

  private enum Kind { SAY, STOP, GONE, PASS, DIE }

  /** What a client does, some milliseconds after the last tick; or so many ticks pass. */
  private record Step(Kind kind, int connection, int topic, int ms, int ticks) {}

  /** Six connections of three users: the even ones are one loop's, the odd ones the other's. */
  private static Typist typist(int connection, int topic) {
    return new Typist("t" + topic, "u" + connection % 3, "c" + connection);
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Kind> kinds = Arbitraries.frequency(Tuple.of(10, Kind.SAY), Tuple.of(2, Kind.STOP), Tuple.of(1, Kind.GONE), Tuple.of(6, Kind.PASS), Tuple.of(1, Kind.DIE));
    Arbitrary<Integer> ticks = Arbitraries.frequencyOf(Tuple.of(5, Arbitraries.integers().between(1, 8)), Tuple.of(1, Arbitraries.integers().between(8, 40)));
    return Combinators.combine(kinds, Arbitraries.integers().between(0, 5), Arbitraries.integers().between(0, 1), Arbitraries.integers().between(0, (int) TICK - 1), ticks)
        .as(Step::new).list().ofMaxSize(120);
  }

  /** The world of one history. */
  private static final class World {
    long nowMs = 10_000;
    final Typists[] loops = new Typists[LOOPS];
    final long[] diedAtMs = {-1, -1};
    final TypingBoard board = new TypingBoard(100, TICK, nowMs);
    final Map<Typist, Long> said = new HashMap<>();
    final Map<Typist, Long> toldAtMs = new HashMap<>();
    final Map<Place, Long> doubtUntilMs = new HashMap<>();
    final Set<Place> seen = new HashSet<>();

    World() {
      for (int i = 0; i < LOOPS; i++) {
        loops[i] = new Typists(100, TICK, nowMs);
      }
    }

    private void tell(Typist typist, boolean typing, long atMs) {
      Place place = Place.of(typist);
      if (typing) {
        Long before = toldAtMs.put(typist, atMs);
        assertThat(before == null || atMs - before >= Typists.AGAIN_MS).as("told again too soon: %s", typist).isTrue();
        if (!board.knows(typist)) {
          assertThat(seen.add(place)).as("a beginning twice: %s", place).isTrue();
        }
        board.typing(typist, atMs);
      } else {
        assertThat(toldAtMs.remove(typist)).as("an end without a beginning: %s", typist).isNotNull();
        if (board.stopped(typist)) {
          ended(place);
        }
      }
    }

    private void ended(Place place) {
      assertThat(seen.remove(place)).as("an end twice: %s", place).isTrue();
    }

    void run(Step step) {
      int loop = step.connection % LOOPS;
      long atMs = nowMs + step.ms;
      switch (step.kind) {
        case SAY -> {
          if (diedAtMs[loop] < 0) {
            Typist typist = typist(step.connection, step.topic);
            if (loops[loop].typing(typist, atMs) == Said.TELL) {
              tell(typist, true, atMs);
            }
            said.put(typist, atMs);
          }
        }
        case STOP -> stop(loop, typist(step.connection, step.topic), atMs);
        case GONE -> {
          if (diedAtMs[loop] < 0) {
            loops[loop].gone("c" + step.connection).forEach(typist -> tell(typist, false, atMs));
            said.keySet().removeIf(typist -> typist.connectionId().equals("c" + step.connection));
          }
        }
        case DIE -> die(loop);
        case PASS -> {
          for (int i = 0; i < step.ticks; i++) {
            tick();
          }
        }
      }
    }

    private void stop(int loop, Typist typist, long atMs) {
      if (diedAtMs[loop] < 0) {
        Typist was = loops[loop].stopped(typist.connectionId(), typist.topic());
        assertThat(was == null).isEqualTo(!said.containsKey(typist));
        if (was != null) {
          tell(was, false, atMs);
        }
        said.remove(typist);
      }
    }

    /** Its clients are gone, and nobody says so. */
    private void die(int loop) {
      if (diedAtMs[loop] < 0) {
        diedAtMs[loop] = nowMs;
        said.keySet().stream().filter(typist -> Integer.parseInt(typist.connectionId().substring(1)) % LOOPS == loop).toList().forEach(typist -> {
          said.remove(typist);
          doubtUntilMs.put(Place.of(typist), nowMs + DEATH);
        });
      }
    }

    void tick() {
      nowMs += TICK;
      for (int i = 0; i < LOOPS; i++) {
        if (diedAtMs[i] < 0) {
          loops[i].advance(nowMs, typist -> tell(typist, true, nowMs), typist -> tell(typist, false, nowMs));
        }
      }
      board.advance(nowMs, this::ended);
      said.values().removeIf(at -> at + Typists.HOLD_MS <= nowMs);
      check();
    }

    private void check() {
      Set<Place> expected = new HashSet<>();
      said.keySet().forEach(typist -> expected.add(Place.of(typist)));
      doubtUntilMs.values().removeIf(until -> until <= nowMs);
      Set<Place> sure = new HashSet<>(seen);
      sure.removeIf(place -> doubtUntilMs.containsKey(place) && !expected.contains(place));
      assertThat(sure).isEqualTo(expected);
    }
  }

  @Property(tries = 3_000)
  void everybodyKnowsWhoTypes(@ForAll("histories") List<Step> history) {
    World world = new World();
    history.forEach(world::run);
    for (int i = 0; i < DEATH / TICK + 1; i++) {
      world.tick();
    }
    assertThat(world.seen).isEmpty();
    assertThat(world.board.size()).as("nothing is kept of what is over").isZero();
    for (int i = 0; i < LOOPS; i++) {
      assertThat(world.diedAtMs[i] >= 0 ? 0 : world.loops[i].size()).isZero();
    }
  }

  @Example
  void whoSaysSoAgainAndAgainIsToldOfNowAndThen() {
    World world = new World();
    for (int i = 0; i < 100; i++) {
      world.run(new Step(Kind.SAY, 0, 0, 1, 0));
      world.run(new Step(Kind.PASS, 0, 0, 0, 1));
      assertThat(world.seen).hasSize(1);
    }
    for (int i = 0; i < Typists.HOLD_MS / TICK; i++) {
      assertThat(world.seen).hasSize(1);
      world.tick();
    }
    world.tick();
    assertThat(world.seen).isEmpty();
  }

  @Example
  void thereIsRoomForSoManyAndNoMore() {
    Typists typists = new Typists(2, TICK, 0);
    assertThat(List.of(typists.typing(typist(0, 0), 0), typists.typing(typist(0, 1), 0), typists.typing(typist(1, 0), 0), typists.typing(typist(0, 0), 1)))
        .containsExactly(Said.TELL, Said.TELL, Said.FULL, Said.KNOWN);
    typists.stopped("c0", "t0");
    assertThat(typists.typing(typist(1, 0), 2)).isEqualTo(Said.TELL);

    TypingBoard board = new TypingBoard(1, TICK, 0);
    board.typing(typist(0, 0), 0);
    board.typing(typist(3, 0), 0);
    assertThat(board.isFull()).isTrue();
    assertThat(board.size()).isEqualTo(1);
    List<Place> ended = new ArrayList<>();
    board.advance(TypingBoard.HOLD_MS, ended::add);
    assertThat(ended).containsExactly(new Place("t0", "u0"));
    assertThat(board.isFull()).isFalse();
  }
}
