package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Stream;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A node that dies and a node that freezes, while the others go on publishing. The goals are 15 s to notice and 1 s of silence at the most, on a quiet machine;
 * the figures are printed, and judged by what no machine's haste or sloth explains: a silence that lasts until the fault is noticed.
 */
@Tag("waits")
class FaultIT {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
  private static final Duration NOTICE_LIMIT = Duration.ofSeconds(60);
  private static final Duration FREEZE = Duration.ofSeconds(20);
  private static final Duration REUNION_LIMIT = Duration.ofSeconds(120);

  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void theOthersGoOnWhenANodeIsKilled() throws Exception {
    List<VestibuleProcess> all = nodes.startCluster(3);
    try (var others = new Others(all.get(0), all.get(1))) {
      VestibuleProcess victim = all.get(2);
      others.awaitBothAt(nodes.connect(victim, "reader").subscribe("news.**"));

      long killed = System.nanoTime();
      victim.signal("KILL");
      Duration noticed = nodes.awaitOneCluster(others.nodes, NOTICE_LIMIT);
      // The data grid repairs itself once it has noticed; that must not stop anybody either.
      nodes.awaitReady(others.nodes, NOTICE_LIMIT);

      System.out.println("a killed node: noticed after " + noticed.toMillis() + " ms");
      others.assertNeverStoppedSince(killed);
      others.assertCompleteAtEachOther();
    }
  }

  /** The oldest member has duties that the others take over while it is frozen, so its return is another one than a younger's. */
  @ParameterizedTest(name = "the oldest: {0}")
  @MethodSource("io.vestibule.systemtests.harness.Thorough#both")
  void theOthersGoOnWhenANodeFreezesAndItComesBackWithItsClients(boolean oldest) throws Exception {
    List<VestibuleProcess> all = List.of(nodes.start("first"), nodes.start("second"), nodes.start("third"));
    nodes.awaitOneCluster(all, NOTICE_LIMIT);
    VestibuleProcess frozen = all.get(oldest ? 0 : 2);
    try (var others = new Others(all.get(oldest ? 2 : 0), all.get(1))) {
      Client onFrozen = nodes.connect(frozen, "reader-on-frozen").subscribe("news.**");
      Client publisherOnFrozen = nodes.connect(frozen, "publisher");
      others.awaitBothAt(onFrozen);

      long stopped = System.nanoTime();
      frozen.signal("STOP");
      Duration noticed = nodes.awaitOneCluster(others.nodes, NOTICE_LIMIT);
      Nodes.awaitMoment(stopped, FREEZE);
      frozen.signal("CONT");
      Duration reunited = nodes.awaitOneCluster(all, REUNION_LIMIT);
      System.out.println("a frozen node: noticed after " + noticed.toMillis() + " ms, back " + reunited.toMillis() + " ms after its thaw");

      long firstOfA = Stream.number(others.fromA.awaitNew(onFrozen, NOTICE_LIMIT));
      long firstOfB = Stream.number(others.fromB.awaitNew(onFrozen, NOTICE_LIMIT));
      assertReachableBothWays(publisherOnFrozen, onFrozen, others);
      nodes.awaitReady(all, NOTICE_LIMIT);
      others.assertNeverStoppedSince(stopped);
      others.assertCompleteAtEachOther();
      others.fromA.assertCompleteAt(onFrozen, firstOfA);
      others.fromB.assertCompleteAt(onFrozen, firstOfB);
      assertThat(others.a.post("/api/disconnect", Nodes.API_KEY, new JsonObject().put("userId", "reader-on-frozen")).statusCode()).isEqualTo(200);
      assertThat(onFrozen.awaitEnd(NOTICE_LIMIT).code()).isEqualTo(4511);
    }
  }

  /** The same sockets as before the freeze: the node must have kept them, and their subscriptions and publications must count again. */
  private static void assertReachableBothWays(Client publisherOnFrozen, Client onFrozen, Others others) throws InterruptedException {
    try (Stream back = Stream.start(publisherOnFrozen, "news.back")) {
      long first = 1;
      for (Client reader : List.of(onFrozen, others.onA, others.onB)) {
        first = Math.max(first, Stream.number(back.awaitNew(reader, NOTICE_LIMIT)));
      }
      back.stop();
      for (Client reader : List.of(onFrozen, others.onA, others.onB)) {
        back.assertCompleteAt(reader, first);
      }
    }
  }

  /** Two nodes that nothing happens to, each with a publisher and a subscriber to both. */
  private final class Others implements AutoCloseable {
    private final VestibuleProcess a;
    private final List<VestibuleProcess> nodes;
    private final Client onA;
    private final Client onB;
    private final Stream fromA;
    private final Stream fromB;

    private Others(VestibuleProcess a, VestibuleProcess b) throws InterruptedException {
      this.a = a;
      this.nodes = List.of(a, b);
      this.onA = FaultIT.this.nodes.connect(a, "reader").subscribe("news.**");
      this.onB = FaultIT.this.nodes.connect(b, "reader").subscribe("news.**");
      this.fromA = Stream.start(FaultIT.this.nodes.connect(a, "publisher"), "news.a");
      this.fromB = Stream.start(FaultIT.this.nodes.connect(b, "publisher"), "news.b");
    }

    private void awaitBothAt(Client client) throws InterruptedException {
      for (Stream stream : List.of(fromA, fromB)) {
        stream.awaitNew(client, NOTICE_LIMIT);
      }
    }

    private void assertNeverStoppedSince(long nanos) {
      for (Stream stream : List.of(fromA, fromB)) {
        for (Client reader : List.of(onA, onB)) {
          Duration silence = stream.longestSilence(reader, nanos);
          System.out.println("longest silence from " + stream + " at " + reader.name() + ": " + silence.toMillis() + " ms, of the test itself "
              + stream.longestPause().toMillis() + " ms");
          assertThat(silence).isLessThan(LONGEST_SILENCE.plus(stream.longestPause().multipliedBy(2)));
        }
      }
    }

    private void assertCompleteAtEachOther() throws InterruptedException {
      close();
      for (Stream stream : List.of(fromA, fromB)) {
        for (Client reader : List.of(onA, onB)) {
          stream.assertCompleteAt(reader, 1);
        }
      }
    }

    @Override
    public void close() {
      fromA.stop();
      fromB.stop();
    }
  }
}
