package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.bench.BenchCommand;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Line;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/** The command {@code bench line} against a node: what it counts is right, and it leaves nobody behind. */
class LineBenchIT {
  private static final int CAPACITY = 5;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final Nodes nodes = new Nodes();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aLineOfItsOwnIsMeasuredAndOthersAreNoticed() throws Exception {
    VestibuleProcess node = nodes.start("a", "--set", "admission.capacity=" + CAPACITY, "--set", "admission.adaptive=false");
    Line line = new Line(nodes, List.of(node));
    line.coordinator();

    assertThat(bench(node, "--secret", Nodes.SECRET, "--json")).as(err + "" + out).isZero();
    JsonObject measured = new JsonObject(out.toString());
    assertThat(measured.getBoolean("clean")).isTrue();
    assertThat(measured.getInteger("capacity")).isEqualTo(CAPACITY);
    assertThat(measured.getInteger("freed")).isEqualTo(30).isEqualTo(measured.getInteger("admitted"));
    assertThat(measured.getJsonObject("joins").getInteger("came")).isEqualTo(40);
    assertThat(measured.getJsonObject("httpJoins").getInteger("came")).isEqualTo(20);
    assertThat(measured.getJsonObject("latencyMicros").getLong("p50")).isPositive();
    assertThat(line.is(0, 0)).as("nobody is left behind: %s", line.status()).isTrue();

    Client stranger = nodes.connect(node, "stranger");
    assertThat(bench(node, "--secret", Nodes.SECRET)).isEqualTo(1);
    assertThat(err.toString()).contains("there are 1 people in the queue 'default' already");
    assertThat(bench(node, "--secret", Nodes.SECRET, "--capacity", Integer.toString(CAPACITY), "--handshake-timeout", "5s")).isEqualTo(1);
    assertThat(out.toString()).contains("4 of 5 let in at once");
    stranger.close();
  }

  @Test
  void aQueueWithoutALimitAndWrongOptionsAreToldApart() throws Exception {
    VestibuleProcess node = nodes.start("a");
    Line line = new Line(nodes, List.of(node));
    Eventually.within(LIMIT, "the node has said how many it takes", () -> line.status().getInteger("capacity") == 20_000);
    assertThat(bench(node, "--secret", Nodes.SECRET)).isEqualTo(1);
    assertThat(err.toString()).contains("20000 slots, each of which would be taken by a socket: start the node with");
    assertThat(bench(node, "--secret", Nodes.SECRET, "--queue", "elsewhere")).isEqualTo(1);
    assertThat(err.toString()).contains("nobody leads a queue 'elsewhere'");
    assertThat(bench(node, "--secret", "not the secret of this node, but long")).isEqualTo(1);
    assertThat(err.toString()).contains("HTTP 401").contains("is the secret right?");
    assertThat(bench(node, "--token", "t")).isEqualTo(2);
    assertThat(bench(node, "--secret", Nodes.SECRET, "--leaves-per-second", "100")).isEqualTo(2);
    assertThat(err.toString()).contains("make 100 leaves, for 40 waiters");
  }

  private int bench(VestibuleProcess node, String... more) {
    List<String> command = new ArrayList<>(List.of("line", "--url", node.socketUrl().toString(), "--waiters", "40", "--http-joins", "20", "--duration", "1s"));
    if (!List.of(more).contains("--leaves-per-second")) {
      command.addAll(List.of("--leaves-per-second", "30"));
    }
    command.addAll(List.of(more));
    out.getBuffer().setLength(0);
    return new CommandLine(new BenchCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(command.toArray(String[]::new));
  }
}
