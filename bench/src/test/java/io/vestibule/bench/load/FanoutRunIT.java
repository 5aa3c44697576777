package io.vestibule.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vestibule.bench.bare.BareServer;
import io.vestibule.bench.client.MintedTokens;
import io.vestibule.bench.client.SourceAddresses;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import io.vestibule.bench.load.FaultyServer.Message;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The load client against servers on loopback: what goes wrong is counted exactly, and a run always ends. */
@Timeout(180)
class FanoutRunIT {
  private static final int SUBSCRIBERS = 5;
  private static final int MESSAGES = 100;
  /** In so long they are sent. */
  private static final Duration SENDING = Duration.ofMillis(500);

  @Test
  void everyDeliveryOfTheBareServerIsCounted() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      int port = BareServer.start(vertx, "127.0.0.1", 0, 2).await();
      FanoutPlan plan = new FanoutPlan(target(URI.create("ws://127.0.0.1:" + port + "/ws"), SourceAddresses.loopback(204, 50)),
          new MintedTokens("x".repeat(32), 4_000_000_000L), 200, 4, 400, 64, "bench.t", "bench.t",
          Duration.ofMillis(250), Duration.ofMillis(500), 2);
      var begun = new AtomicInteger();
      var ended = new AtomicInteger();
      FanoutReport report = new FanoutRun(plan, new FanoutRun.Observer() {
        @Override
        public void measuringBegins() {
          begun.incrementAndGet();
        }

        @Override
        public void measuringEnded() {
          ended.incrementAndGet();
        }
      }).run();

      assertThat(report.clean()).as(report.toText()).isTrue();
      assertThat(report.opened().ready()).isEqualTo(204);
      assertThat(report.published()).isEqualTo(300);
      assertThat(report.delivered()).isEqualTo(60_000).isEqualTo(report.expected());
      assertThat(report.measured()).isEqualTo(40_000);
      assertThat(report.frameBytes()).isGreaterThan(64);
      assertThat(report.latency().p50()).isGreaterThan(0).isLessThanOrEqualTo(report.latency().max());
      assertThat(begun.get()).isEqualTo(1);
      assertThat(ended.get()).isEqualTo(1);
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void lostMessagesAreCounted() throws Exception {
    FanoutReport report = runAgainst((server, message) -> {
      if (message.number() % 10 != 9) {
        server.deliver(message.frame());
      }
    });
    assertThat(report.clean()).isFalse();
    assertThat(report.published()).isEqualTo(MESSAGES);
    assertThat(report.lost()).isEqualTo(MESSAGES / 10 * SUBSCRIBERS);
    assertThat(report.delivered()).isEqualTo(MESSAGES * 9 / 10 * SUBSCRIBERS);
    assertThat(report.duplicated() + report.reordered() + report.foreign()).isZero();
  }

  @Test
  void duplicatesAreCountedEvenTheLast() throws Exception {
    FanoutReport report = runAgainst((server, message) -> {
      server.deliver(message.frame());
      if (message.number() % 10 == 9) {
        server.deliver(message.frame());
      }
    });
    assertThat(report.clean()).isFalse();
    assertThat(report.duplicated()).isEqualTo(MESSAGES / 10 * SUBSCRIBERS);
    assertThat(report.delivered()).isEqualTo(report.expected()).isEqualTo(MESSAGES * SUBSCRIBERS);
    assertThat(report.lost() + report.reordered()).isZero();
  }

  @Test
  void messagesOutOfOrderAreCounted() throws Exception {
    var held = new HashMap<Object, Message>();
    FanoutReport report = runAgainst((server, message) -> {
      // By the publisher's own numbers: how the messages of two arrive among each other is not said.
      if (message.ofSender() % 10 == 5) {
        held.put(message.sender(), message);
      } else {
        server.deliver(message.frame());
      }
      if (message.ofSender() % 10 == 8) {
        server.deliver(held.get(message.sender()).frame());
      }
    });
    assertThat(report.clean()).isFalse();
    assertThat(report.reordered()).isEqualTo(MESSAGES / 10 * SUBSCRIBERS);
    assertThat(report.lost() + report.duplicated()).isZero();
  }

  @Test
  void messagesOfOthersAreNotMistaken() throws Exception {
    FanoutReport report = runAgainst((server, message) -> {
      server.deliver(message.frame());
      server.deliver("{\"type\":\"message\",\"topic\":\"bench.t\",\"data\":\"hello\"}");
    });
    assertThat(report.foreign()).isEqualTo(MESSAGES * SUBSCRIBERS);
    assertThat(report.clean()).isTrue();
  }

  @Test
  void endsByItselfWhenTheServerDies() throws Exception {
    // A client that is held up sends what is overdue at once: long before the last one is due.
    FanoutReport report = runAgainst(Duration.ofSeconds(10), (server, message) -> {
      server.deliver(message.frame());
      if (message.number() == 1) {
        server.die();
      }
    });
    assertThat(report.clean()).isFalse();
    assertThat(report.dropped().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(SUBSCRIBERS + 2);
    assertThat(report.unsent()).isPositive();
  }

  @Test
  void endsByItselfWhenNobodyListensOrAnswers() throws Exception {
    try (ServerSocket mute = new ServerSocket(0)) {
      URI uri = URI.create("ws://127.0.0.1:" + mute.getLocalPort());
      FanoutReport silent = run(new Target(uri, null, SourceAddresses.any(), 2000, 3, Duration.ofSeconds(1)), SENDING);
      assertThat(silent.opened().ready()).isZero();
      assertThat(silent.opened().failures().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(SUBSCRIBERS + 2);
      assertThat(silent.opened().failures()).containsKeys("not ready in time", "not tried: the server does not answer");
      mute.close();
      assertThat(run(target(uri, SourceAddresses.any()), SENDING).opened().failures()).containsEntry("connection refused", SUBSCRIBERS + 2);
    }
  }

  private static FanoutReport runAgainst(BiConsumer<FaultyServer, Message> fault) throws Exception {
    return runAgainst(SENDING, fault);
  }

  private static FanoutReport runAgainst(Duration sending, BiConsumer<FaultyServer, Message> fault) throws Exception {
    try (FaultyServer server = new FaultyServer(fault)) {
      return run(target(server.uri(), SourceAddresses.any()), sending);
    }
  }

  private static FanoutReport run(Target target, Duration sending) throws Exception {
    FanoutPlan plan = new FanoutPlan(target, Tokens.fixed("t"), SUBSCRIBERS, 2, MESSAGES * 2, 64, "bench.t", "bench.t",
        Duration.ZERO, sending, 1);
    return new FanoutRun(plan, new FanoutRun.Observer() {}).run();
  }

  private static Target target(URI uri, SourceAddresses sources) {
    return new Target(uri, null, sources, 2000, 64, Duration.ofSeconds(60));
  }
}
