package io.vestibule.gateway.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceBookTest {
  private static final long GRACE = 5_000;
  private static final long AWAITED = 60_000;
  private static final long CAME = 1_700_000_000_000L;
  private static final UserStatus BUSY = new UserStatus("busy", "{\"a\":1}", 7);

  private Map<PresenceKey, Statement> stated;
  private List<PresenceKey> ends;
  private PresenceBook book;

  @BeforeEach
  void open() {
    stated = new HashMap<>();
    ends = new ArrayList<>();
    book = new PresenceBook((key, statement) -> {
      if (statement == null) {
        ends.add(key);
        assertThat(stated.remove(key)).isNotNull();
      } else {
        stated.put(key, statement);
      }
    }, AWAITED);
  }

  private Statement of(String topic, String user) {
    return stated.get(new PresenceKey(topic, user));
  }

  private void enter(String connection, String user, String topic) {
    book.seated(connection, user, null, UserStatus.ONLINE, CAME);
    book.entered(connection, topic, GRACE, false, CAME);
  }

  @Test
  void severalConnectionsAreOneUserHere() {
    enter("c1", "ann", "a");
    enter("c2", "ann", "a");
    book.entered("c2", "a", GRACE, false, CAME + 1);
    assertThat(of("a", "ann")).isEqualTo(new Here(2, CAME, UserStatus.ONLINE, null));
    book.left("c1", "a");
    book.left("c1", "a");
    assertThat(of("a", "ann")).isEqualTo(new Here(1, CAME, UserStatus.ONLINE, null));
    book.left("c2", "a");
    assertThat(stated).isEmpty();
    assertThat(book.size()).isZero();
  }

  @Test
  void whoDropsLingersAsHeWas() {
    book.seated("c1", "ann", "{\"n\":1}", BUSY, CAME);
    book.entered("c1", "a", GRACE, false, CAME);
    book.entered("c1", "hasty", 0, false, CAME);
    book.gone("c1", Departure.AWAITED, 100);
    assertThat(of("hasty", "ann")).as("no grace there").isNull();
    assertThat(of("a", "ann")).isEqualTo(new Here(0, CAME, BUSY, "{\"n\":1}"));
    book.expire(100 + GRACE - 1);
    assertThat(ends).hasSize(1);
    book.expire(100 + GRACE);
    assertThat(stated).isEmpty();
  }

  @Test
  void whoComesBackInTimeWasNeverAway() {
    enter("c1", "ann", "a");
    book.gone("c1", Departure.AWAITED, 100);
    book.seated("c2", "ann", "{}", UserStatus.ONLINE, CAME + 3_000);
    book.entered("c2", "a", GRACE, false, CAME + 3_000);
    assertThat(of("a", "ann")).isEqualTo(new Here(1, CAME, false, UserStatus.ONLINE, "{}", CAME + 3_000));
    book.expire(100 + GRACE);
    assertThat(of("a", "ann")).isNotNull();
    book.gone("c2", Departure.AWAITED, 4_000);
    book.expire(100 + GRACE);
    assertThat(ends).isEmpty();
    book.expire(4_000 + GRACE);
    assertThat(ends).hasSize(1);
  }

  @Test
  void whoLeavesIsGoneAtOnce() {
    enter("c1", "ann", "a");
    book.gone("c1", Departure.LEFT, 100);
    assertThat(stated).isEmpty();
  }

  @Test
  void theNewestStatusOfThoseWhoAreThereHolds() {
    enter("c1", "ann", "a");
    enter("c2", "ann", "a");
    book.entered("c2", "b", GRACE, false, CAME);
    book.said("c1", new UserStatus("away", null, 5));
    book.said("c2", BUSY);
    assertThat(((Here) of("a", "ann")).status()).isEqualTo(BUSY);
    assertThat(((Here) of("b", "ann")).status()).isEqualTo(BUSY);
    book.gone("c2", Departure.AWAITED, 1);
    assertThat(((Here) of("a", "ann")).status().status()).isEqualTo("away");
    assertThat(((Here) of("b", "ann")).status()).as("he lingers there as he was").isEqualTo(BUSY);
    book.shown("c1", "{\"new\":true}", CAME + 5);
    assertThat(((Here) of("a", "ann")).info()).isEqualTo("{\"new\":true}");
    book.seated("c3", "ann", "{\"third\":true}", UserStatus.ONLINE, CAME + 6);
    book.entered("c3", "a", GRACE, false, CAME + 6);
    assertThat(((Here) of("a", "ann")).info()).isEqualTo("{\"third\":true}");
    book.shown("c1", "{\"newest\":true}", CAME + 7);
    assertThat(((Here) of("a", "ann")).info()).as("of the token that came last, on whichever connection").isEqualTo("{\"newest\":true}");
  }

  private void enterAway(String connection, String user) {
    book.seated(connection, user, null, BUSY, CAME);
    book.entered(connection, "a", GRACE, true, CAME);
  }

  @Test
  void whoseSessionWaitsIsAwayWhenTheGraceIsOver() {
    enterAway("c1", "ann");
    book.gone("c1", Departure.AWAITED, 100);
    book.expire(100 + GRACE - 1);
    assertThat(of("a", "ann")).as("a reload is not seen").isEqualTo(new Here(0, CAME, false, BUSY, null));
    book.expire(100 + GRACE);
    assertThat(of("a", "ann")).isEqualTo(new Here(0, CAME, true, BUSY, null));
    book.expire(100 + AWAITED - 1);
    assertThat(ends).isEmpty();
    book.expire(100 + AWAITED);
    assertThat(ends).hasSize(1);
    assertThat(book.size()).isZero();
  }

  @Test
  void whomNoSessionAwaitsIsNeverAway() {
    for (Departure departure : new Departure[] {Departure.DROPPED, Departure.MOVED}) {
      enterAway("c1", "ann");
      book.gone("c1", departure, 0);
      book.expire(departure == Departure.MOVED ? PresenceBook.MOVING_MS - 1 : GRACE - 1);
      assertThat(of("a", "ann")).isEqualTo(new Here(0, CAME, false, BUSY, null));
      book.expire(departure == Departure.MOVED ? PresenceBook.MOVING_MS : GRACE);
      assertThat(of("a", "ann")).isNull();
    }
  }

  @Test
  void whoGoesOnElsewhereIsNotAwayHereForLong() {
    enterAway("c1", "ann");
    enter("c2", "ben", "a");
    book.gone("c1", Departure.AWAITED, 0);
    book.gone("c2", Departure.AWAITED, 0);
    book.expire(GRACE - 1_000);
    book.unawaited("c1", true, GRACE - 1_000);
    book.unawaited("c2", true, GRACE - 1_000);
    assertThat(ends).as("what the other gateway says may be on its way").isEmpty();
    book.expire(GRACE);
    assertThat(of("a", "ben")).as("he lingers no longer than otherwise").isNull();
    book.expire(GRACE - 1_000 + PresenceBook.MOVING_MS);
    assertThat(of("a", "ann")).isNull();
  }

  @Test
  void whoseSessionHasEndedIsGoneAtOnce() {
    enterAway("c1", "ann");
    enter("c2", "ben", "a");
    book.gone("c1", Departure.AWAITED, 0);
    book.gone("c2", Departure.AWAITED, 0);
    book.unawaited("c2", false, 10);
    assertThat(stated).containsOnlyKeys(new PresenceKey("a", "ann"));
    book.expire(GRACE);
    book.unawaited("c1", false, GRACE + 10);
    assertThat(stated).isEmpty();
    book.unawaited("c1", false, GRACE + 20);
    book.unawaited("nobody", true, GRACE + 20);
    assertThat(ends).hasSize(2);
  }

  @Test
  void oneOfTwoThatDroppedIsStillAwaited() {
    enterAway("c1", "ann");
    enterAway("c2", "ann");
    book.gone("c1", Departure.AWAITED, 0);
    assertThat(of("a", "ann")).isEqualTo(new Here(1, CAME, false, BUSY, null));
    book.gone("c2", Departure.AWAITED, 10);
    book.unawaited("c2", false, 20);
    assertThat(((Here) of("a", "ann")).connections()).isZero();
    book.expire(GRACE);
    assertThat(((Here) of("a", "ann")).away()).isTrue();
    book.unawaited("c1", false, GRACE + 1);
    assertThat(stated).isEmpty();
  }

  /** One that is put back in the line comes in again with the connection that it had. */
  @Test
  void aConnectionThatComesInAgainIsNotAwaited() {
    enterAway("c1", "ann");
    book.gone("c1", Departure.DROPPED, 0);
    enterAway("c1", "ann");
    book.gone("c1", Departure.AWAITED, 10);
    book.expire(GRACE);
    assertThat(((Here) of("a", "ann")).away()).isFalse();
    book.expire(GRACE + 10);
    assertThat(((Here) of("a", "ann")).away()).isTrue();
  }

  private record Step(int what, int connection, int topic, int value) {}

  /** Of a connection that is gone: until when its user lingers, and until when he is there. */
  private static final class Ghost {
    final String connection;
    long lingers;
    long ends;

    Ghost(String connection, long lingers, long ends) {
      this.connection = connection;
      this.lingers = lingers;
      this.ends = ends;
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.integers().between(0, 8), Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 3))
        .as(Step::new).list().ofMaxSize(120);
  }

  private static String userOf(String connection) {
    return "u" + Integer.parseInt(connection.substring(1)) % 2;
  }

  /** Whatever happens: a user is stated just where a connection of his is, or was and may still come back; as away where that has taken longer than the grace. In t2 nobody is away. */
  @Property(tries = 1_000)
  void whatIsStatedIsWhatIs(@ForAll("steps") List<Step> steps) {
    open();
    Map<String, Set<String>> in = new HashMap<>();
    Map<PresenceKey, List<Ghost>> ghosts = new HashMap<>();
    long now = 0;
    for (Step step : steps) {
      String connection = "c" + step.connection;
      String user = userOf(connection);
      String topic = "t" + step.topic;
      PresenceKey key = new PresenceKey(topic, user);
      switch (step.what) {
        case 0, 1 -> {
          if (!in.containsKey(connection)) {
            in.put(connection, new LinkedHashSet<>());
            book.seated(connection, user, null, UserStatus.ONLINE, CAME);
          }
          in.get(connection).add(topic);
          ghosts.getOrDefault(key, new ArrayList<>()).removeIf(ghost -> ghost.connection.equals(connection));
          book.entered(connection, topic, GRACE, step.topic < 2, CAME);
        }
        case 2 -> {
          book.left(connection, topic);
          if (in.getOrDefault(connection, new LinkedHashSet<>()).remove(topic) && connectionsIn(in, topic, user) == 0) {
            ghosts.remove(key);
          }
        }
        case 3, 4 -> {
          Departure departure = Departure.values()[step.what == 3 ? step.value : Departure.AWAITED.ordinal()];
          book.gone(connection, departure, now);
          Set<String> were = in.remove(connection);
          for (String was : were == null ? Set.<String>of() : were) {
            PresenceKey there = new PresenceKey(was, user);
            if (departure != Departure.LEFT) {
              long lingers = now + (departure == Departure.MOVED ? PresenceBook.MOVING_MS : GRACE);
              ghosts.computeIfAbsent(there, first -> new ArrayList<>()).add(new Ghost(connection, lingers, departure == Departure.AWAITED && !was.equals("t2") ? now + AWAITED : lingers));
            } else if (connectionsIn(in, was, user) == 0) {
              ghosts.remove(there);
            }
          }
        }
        case 5 -> book.said(connection, new UserStatus("s" + step.value, null, step.value));
        case 6 -> {
          boolean goesOn = step.value % 2 == 0;
          book.unawaited(connection, goesOn, now);
          long latest = now + (goesOn ? PresenceBook.MOVING_MS : 0);
          ghosts.values().forEach(all -> all.stream().filter(ghost -> ghost.connection.equals(connection)).forEach(ghost -> {
            ghost.ends = Math.min(ghost.ends, latest);
            ghost.lingers = Math.min(ghost.lingers, latest);
          }));
        }
        default -> {
          now += step.value * (step.what == 7 ? 2_000L : 25_000L);
          book.expire(now);
        }
      }
      long then = now;
      ghosts.values().forEach(all -> all.removeIf(ghost -> ghost.ends <= then));
      assertStated(in, ghosts, now);
    }
  }

  private static int connectionsIn(Map<String, Set<String>> in, String topic, String user) {
    return (int) in.entrySet().stream().filter(e -> userOf(e.getKey()).equals(user) && e.getValue().contains(topic)).count();
  }

  private void assertStated(Map<String, Set<String>> in, Map<PresenceKey, List<Ghost>> ghosts, long now) {
    Map<PresenceKey, String> expected = new HashMap<>();
    ghosts.forEach((key, all) -> {
      if (!all.isEmpty()) {
        expected.put(key, all.stream().allMatch(ghost -> ghost.lingers <= now) ? "away" : "lingers");
      }
    });
    for (String user : List.of("u0", "u1")) {
      for (String topic : List.of("t0", "t1", "t2")) {
        int connections = connectionsIn(in, topic, user);
        if (connections > 0) {
          expected.put(new PresenceKey(topic, user), Integer.toString(connections));
        }
      }
    }
    Map<PresenceKey, String> actual = new HashMap<>();
    stated.forEach((key, statement) -> {
      Here here = (Here) statement;
      actual.put(key, here.away() ? "away" : here.connections() == 0 ? "lingers" : Integer.toString(here.connections()));
    });
    assertThat(actual).isEqualTo(expected);
    assertThat(book.size()).isEqualTo(expected.size());
  }
}
