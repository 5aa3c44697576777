package io.vestibule.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.core.Tail;
import io.vestibule.gateway.metrics.LogMeters;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.transport.OutboundFrame;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Very many who come back to one topic on one event loop: each has its turn, and no turn is long. */
class TopicReturnsTest {
  private static final String TOPIC = "durable.a";
  private static final int MANY = 20_000;
  private static final Position BEGIN = new Position(7, 3);

  private final Deque<Runnable> loop = new ArrayDeque<>();
  /** Turns that others had something before. */
  private int later;
  private int told;
  private int longest;
  private final LogMeters meters = new LogMeters(new SimpleMeterRegistry());
  private final Tail<FanMessage> tail = new Tail<>(0);
  private final Followed followed = new Followed(parts(), TOPIC, tail, 5);
  private final TopicReturns returns = followed.returns();

  private Followed.Parts parts() {
    LoopClock clock = new LoopClock(() -> 0, () -> 0);
    Turns turns = new Turns(loop::add, task -> {
      later++;
      loop.add(task);
    });
    Vertx vertx = (Vertx) Proxy.newProxyInstance(Vertx.class.getClassLoader(), new Class<?>[] {Vertx.class}, (proxy, method, arguments) -> {
      assertThat(method.getName()).isEqualTo("setTimer");
      return 1L;
    });
    return new Followed.Parts(vertx, null, new RecentMessages(null, meters), turns, null, new FrameEncoder(() -> 0), clock, meters, topic -> Long.MIN_VALUE, topic -> { }, topic -> { });
  }

  /** Everything that is to be done on the loop. */
  private void run() {
    while (!loop.isEmpty()) {
      int before = told;
      loop.poll().run();
      longest = Math.max(longest, told - before);
    }
  }

  private final class Client implements Comeback.Client, Comeback.Answer {
    private Comeback comeback;
    private Position begins;
    private Throwable ended;
    private boolean unread;
    private RuntimeException throwing;
    private boolean endThrows;

    Comeback comesBack(boolean held) {
      Comeback who = new Comeback(this, TOPIC, null, null, this);
      who.hold(held);
      assertThat(returns.begin(who)).isTrue();
      return who;
    }

    @Override
    public void begun(Position head, Boolean recovered) {
      told++;
      if (throwing != null) {
        throw throwing;
      }
      assertThat(recovered).isNull();
      begins = head;
    }

    @Override
    public boolean waits() {
      return false;
    }

    @Override
    public void failed() {
      told++;
      unread = true;
    }

    @Override
    public Comeback comeback(String topic) {
      return comeback;
    }

    @Override
    public void comesBack(String topic, Comeback now) {
      comeback = now;
    }

    @Override
    public boolean hasComeBack(String topic, Comeback was) {
      boolean is = comeback == was;
      comeback = is ? null : comeback;
      return is;
    }

    @Override
    public boolean subscribesTo(String topic) {
      return true;
    }

    @Override
    public Position bound(String topic) {
      return null;
    }

    @Override
    public void bound(String topic, Position place) {
      throw new AssertionError("nobody is bound");
    }

    @Override
    public boolean hasRoom() {
      return true;
    }

    @Override
    public void owed(OutboundFrame frame) {
      throw new AssertionError("nothing is owed to anybody");
    }

    @Override
    public boolean speaksCore() {
      return true;
    }

    @Override
    public void fail(Throwable cause) {
      ended = cause;
      if (endThrows) {
        throw throwing;
      }
    }
  }

  private List<Client> clients() {
    return IntStream.range(0, MANY).mapToObj(number -> new Client()).toList();
  }

  private void begin() {
    followed.begin(BEGIN.epoch(), BEGIN.offset());
    assertThat(told).as("nobody has his turn in that of the beginning").isZero();
    run();
  }

  @Test
  void allBeginWhereTheTailDoesAndNoTurnIsLong() {
    List<Client> clients = clients();
    clients.forEach(client -> client.comesBack(false));
    begin();
    assertThat(clients).allSatisfy(client -> assertThat(client.begins).isEqualTo(BEGIN)).allSatisfy(client -> assertThat(client.comeback).isNull());
    assertThat(longest).isEqualTo(Turns.STEPS);
    assertThat(later).as("after each, the loop looks at its sockets").isEqualTo(MANY / Turns.STEPS - 1);
    assertThat(returns.isEmpty()).isTrue();
  }

  @Test
  void whoHasHisTurnLateBeginsWhereTheTailDidAllTheSame() {
    Client client = new Client();
    client.comesBack(true);
    followed.begin(BEGIN.epoch(), BEGIN.offset());
    tail.hear(BEGIN.epoch(), BEGIN.offset() + 1, null, 0, new Tail.Out<>() {
      @Override
      public void deliver(FanMessage message) {
        // To others.
      }

      @Override
      public void gap(long fromEpoch, long from, long toEpoch, long to) {
        throw new AssertionError("there is none");
      }
    });
    run();
    assertThat(client.begins).isEqualTo(BEGIN);
  }

  @Test
  void whoIsReleasedHasOneTurnAndNobodyElseHas() {
    List<Client> clients = clients();
    List<Comeback> ways = new ArrayList<>();
    clients.forEach(client -> ways.add(client.comesBack(true)));
    begin();
    assertThat(told).isEqualTo(MANY);
    later = 0;
    returns.release(ways.get(MANY / 2));
    run();
    assertThat(later).isZero();
    assertThat(clients.get(MANY / 2).comeback).isNull();
    assertThat(clients).filteredOn(client -> client.comeback == null).hasSize(1);
    ways.forEach(returns::release);
    run();
    assertThat(later).isEqualTo((MANY - 2) / Turns.STEPS);
    assertThat(returns.isEmpty()).isTrue();
  }

  @Test
  void anAnswerThatThrowsEndsItsConnectionAndTheOthersGoOn() {
    List<Client> clients = clients();
    for (int number = 0; number < MANY; number += 250) {
      clients.get(number).throwing = new IllegalStateException("as the test wants it");
    }
    clients.forEach(client -> client.comesBack(false));
    begin();
    assertThat(clients).allSatisfy(client -> {
      assertThat(client.ended).isSameAs(client.throwing);
      assertThat(client.begins).isEqualTo(client.throwing == null ? BEGIN : null);
      assertThat(client.comeback).isNull();
    });
    assertThat(returns.isEmpty()).isTrue();
  }

  @Test
  void anAnswerThatThrowsAtOnceLeavesNothingBehind() {
    followed.begin(BEGIN.epoch(), BEGIN.offset());
    Client client = new Client();
    client.throwing = new IllegalStateException("as the test wants it");
    client.comesBack(false);
    assertThat(client.ended).isSameAs(client.throwing);
    assertThat(client.comeback).isNull();
    assertThat(returns.isEmpty()).isTrue();
  }

  @Test
  void aTurnThatThrowsIsNotTheLast() {
    List<Client> clients = clients();
    clients.forEach(client -> client.comesBack(false));
    Client broken = clients.get(0);
    broken.throwing = new IllegalStateException("as the test wants it");
    broken.endThrows = true;
    followed.begin(BEGIN.epoch(), BEGIN.offset());
    assertThatThrownBy(this::run).isSameAs(broken.throwing);
    run();
    assertThat(clients.subList(1, MANY)).allSatisfy(client -> assertThat(client.begins).isEqualTo(BEGIN));
    assertThat(returns.isEmpty()).isTrue();
  }

  @Test
  void aLogThatCannotBeReadIsToldInTurnsToo() {
    List<Client> clients = clients();
    clients.forEach(client -> client.comesBack(false));
    returns.unreadable();
    assertThat(told).isZero();
    run();
    assertThat(clients).allSatisfy(client -> assertThat(client.unread).isTrue()).allSatisfy(client -> assertThat(client.comeback).isNull());
    assertThat(longest).isEqualTo(Turns.STEPS);
  }
}
