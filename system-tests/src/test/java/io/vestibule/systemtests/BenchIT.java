package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.JarCommand;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The load client as users run it, {@code java -jar vestibule.jar bench}, against a node with the limits that it comes with: one address may have 100 sockets, so more of them need several. */
class BenchIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String NUMBER = "[0-9,]+";

  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void moreConnectionsThanAnAddressMayHaveAreMeasuredAndEverythingIsPrinted() throws Exception {
    VestibuleProcess node = nodes.start("a");

    JarCommand.Result fanout = bench(node, "--connections", "250", "--rate", "50", "--warmup", "1s", "--duration", "2s");
    assertThat(fanout.exitCode()).as(fanout.output()).isZero();
    assertThat(fanout.output())
        // As it goes on: how the connections came up, then a line for each second, with its latency as soon as that is measured.
        .containsPattern("(?m)^251 of 251 connections ready, [1-9][0-9,]*/s$")
        .containsPattern("(?m)^ +1 s +" + NUMBER + " sent +" + NUMBER + " delivered  (warming up|p50 .*)$")
        .containsPattern("(?m)^ +[1-9] s +" + NUMBER + " sent +" + NUMBER + " delivered  p50 " + NUMBER + " us  p99 " + NUMBER + " us  max " + NUMBER + " us$")
        // And in the end.
        .containsPattern("(?m)^connections  251 of 251 ready, [1-9][0-9,]*/s$")
        .containsPattern("(?m)^published    150 messages \\(0 unsent\\), frames of [1-9][0-9]* bytes$")
        .containsPattern("(?m)^deliveries   37,500 of 37,500, [1-9][0-9,]*/s while measured$")
        .containsPattern("(?m)^lost 0   duplicated 0   reordered 0   foreign 0$")
        .containsPattern("(?m)^latency      p50 [1-9][0-9,]* us   p99 [1-9][0-9,]* us   p99\\.9 [1-9][0-9,]* us   max [1-9][0-9,]* us$");
    assertThat(node.figure("vestibule_connections_opened_total{transport=\"websocket\"}")).as("the node has seen them").isEqualTo(251);

    JarCommand.Result idle = bench(node, "idle", "--connections", "250", "--duration", "500ms");
    assertThat(idle.exitCode()).as(idle.output()).isZero();
    assertThat(idle.output()).containsPattern("(?m)^ +0 s  250 connections$").containsPattern("(?m)^250 of 250 connections ready, [1-9][0-9,]*/s, 250 held to the end$");

    // The node does have the limit that the others kept to.
    JarCommand.Result crowded = bench(node, "idle", "--connections", "120", "--duration", "100ms", "--source-addresses", "127.0.0.9");
    assertThat(crowded.exitCode()).as(crowded.output()).isEqualTo(1);
    assertThat(crowded.output()).containsPattern("(?m)^100 of 120 connections ready, .* failed: \\{.*=20\\}$");
  }

  private static JarCommand.Result bench(VestibuleProcess node, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("bench"));
    command.addAll(List.of(more));
    // A busy machine may take its time with the handshakes.
    command.addAll(List.of("--url", node.socketUrl().toString(), "--secret", Nodes.SECRET, "--handshake-timeout", "60s"));
    return JarCommand.run(LIMIT, command.toArray(String[]::new));
  }
}
