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
    });
  }

  private Statement of(String topic, String user) {
    return stated.get(new PresenceKey(topic, user));
  }

  private void enter(String connection, String user, String topic) {
    book.seated(connection, user, null, UserStatus.ONLINE);
    book.entered(connection, topic, GRACE, CAME);
  }

  @Test
  void severalConnectionsAreOneUserHere() {
    enter("c1", "ann", "a");
    enter("c2", "ann", "a");
    book.entered("c2", "a", GRACE, CAME + 1);
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
    book.seated("c1", "ann", "{\"n\":1}", BUSY);
    book.entered("c1", "a", GRACE, CAME);
    book.entered("c1", "hasty", 0, CAME);
    book.gone("c1", true, 100);
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
    book.gone("c1", true, 100);
    book.seated("c2", "ann", "{}", UserStatus.ONLINE);
    book.entered("c2", "a", GRACE, CAME + 3_000);
    assertThat(of("a", "ann")).isEqualTo(new Here(1, CAME, UserStatus.ONLINE, "{}"));
    book.expire(100 + GRACE);
    assertThat(of("a", "ann")).isNotNull();
    book.gone("c2", true, 4_000);
    book.expire(100 + GRACE);
    assertThat(ends).isEmpty();
    book.expire(4_000 + GRACE);
    assertThat(ends).hasSize(1);
  }

  @Test
  void whoLeavesIsGoneAtOnce() {
    enter("c1", "ann", "a");
    book.gone("c1", false, 100);
    assertThat(stated).isEmpty();
  }

  @Test
  void theNewestStatusOfThoseWhoAreThereHolds() {
    enter("c1", "ann", "a");
    enter("c2", "ann", "a");
    book.entered("c2", "b", GRACE, CAME);
    book.said("c1", new UserStatus("away", null, 5));
    book.said("c2", BUSY);
    assertThat(((Here) of("a", "ann")).status()).isEqualTo(BUSY);
    assertThat(((Here) of("b", "ann")).status()).isEqualTo(BUSY);
    book.gone("c2", true, 1);
    assertThat(((Here) of("a", "ann")).status().status()).isEqualTo("away");
    assertThat(((Here) of("b", "ann")).status()).as("he lingers there as he was").isEqualTo(BUSY);
    book.shown("c1", "{\"new\":true}");
    assertThat(((Here) of("a", "ann")).info()).isEqualTo("{\"new\":true}");
  }

  private record Step(int what, int connection, int topic, int value) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.integers().between(0, 6), Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 3))
        .as(Step::new).list().ofMaxSize(120);
  }

  /** Whatever happens: a user is stated just where a connection of his is, or was until less than a grace ago and not by his will. */
  @Property(tries = 1_000)
  void whatIsStatedIsWhatIs(@ForAll("steps") List<Step> steps) {
    open();
    Map<String, Set<String>> in = new HashMap<>();
    Map<PresenceKey, Long> lingering = new HashMap<>();
    long now = 0;
    for (Step step : steps) {
      String connection = "c" + step.connection;
      String user = "u" + step.connection % 2;
      String topic = "t" + step.topic;
      switch (step.what) {
        case 0, 1 -> {
          if (!in.containsKey(connection)) {
            in.put(connection, new LinkedHashSet<>());
            book.seated(connection, user, null, UserStatus.ONLINE);
          }
          in.get(connection).add(topic);
          lingering.remove(new PresenceKey(topic, user));
          book.entered(connection, topic, GRACE, CAME);
        }
        case 2 -> {
          book.left(connection, topic);
          in.getOrDefault(connection, new LinkedHashSet<>()).remove(topic);
        }
        case 3, 4 -> {
          boolean lingers = step.what == 3;
          book.gone(connection, lingers, now);
          Set<String> were = in.remove(connection);
          for (String left : were == null ? Set.<String>of() : were) {
            if (lingers && connectionsIn(in, left, user) == 0) {
              lingering.put(new PresenceKey(left, user), now + GRACE);
            }
          }
        }
        case 5 -> book.said(connection, new UserStatus("s" + step.value, null, step.value));
        default -> {
          now += step.value * 2_000L;
          book.expire(now);
          long then = now;
          lingering.values().removeIf(until -> until <= then);
        }
      }
      assertStated(in, lingering);
    }
  }

  private static int connectionsIn(Map<String, Set<String>> in, String topic, String user) {
    return (int) in.entrySet().stream().filter(e -> ("u" + Integer.parseInt(e.getKey().substring(1)) % 2).equals(user) && e.getValue().contains(topic)).count();
  }

  private void assertStated(Map<String, Set<String>> in, Map<PresenceKey, Long> lingering) {
    Map<PresenceKey, Integer> expected = new HashMap<>();
    lingering.keySet().forEach(key -> expected.put(key, 0));
    for (String user : List.of("u0", "u1")) {
      for (String topic : List.of("t0", "t1", "t2")) {
        int connections = connectionsIn(in, topic, user);
        if (connections > 0) {
          expected.put(new PresenceKey(topic, user), connections);
        }
      }
    }
    Map<PresenceKey, Integer> actual = new HashMap<>();
    stated.forEach((key, statement) -> actual.put(key, ((Here) statement).connections()));
    assertThat(actual).isEqualTo(expected);
    assertThat(book.size()).isEqualTo(expected.size());
  }
}
