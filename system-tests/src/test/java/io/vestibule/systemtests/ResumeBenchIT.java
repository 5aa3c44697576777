package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.bench.BenchCommand;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command {@code bench resume}, with nodes of its own: everybody comes back, and it says so when somebody has not got everything. */
class ResumeBenchIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void everybodyComesBackToOneOfTwoNodes() {
    assertThat(bench("--nodes", "2", "--connections", "60", "--topics", "6", "--rate", "60", "--away", "500ms")).as(err + "" + out).isZero();
    JsonObject measured = new JsonObject(out.toString());
    assertThat(measured.getInteger("ready")).isEqualTo(60);
    assertThat(measured.getJsonObject("back").getLong("count")).isEqualTo(60);
    assertThat(measured.getJsonObject("current").getLong("count")).isEqualTo(60);
    assertThat(measured.getLong("missed")).isPositive();
    assertThat(measured.getDouble("logReads")).isPositive();
    assertThat(measured.getJsonObject("live").getLong("count")).isPositive();
    assertThat(measured.getJsonObject("pings").getLong("sent")).isPositive();
  }

  @Test
  void whoDoesNotGetEverythingIsNoticed() {
    String rule = "topics=[{pattern: \"durable.**\", subscribe: authenticated, publish: authenticated, durable: true, history-size: 1}]";
    assertThat(bench("--set", rule, "--connections", "20", "--topics", "3", "--rate", "60", "--away", "1s", "--patience", "1s")).isEqualTo(1);
    JsonObject measured = new JsonObject(out.toString());
    assertThat(measured.getLong("lost")).isPositive();
    assertThat(measured.getJsonObject("faults").getMap()).containsKeys("gap", "came back with a topic that is not recovered");

    assertThat(bench("--topics", "2", "--topics-each", "3")).isEqualTo(2);
    assertThat(bench("--connections", "0")).isEqualTo(2);
    assertThat(bench("--rate", "0")).isEqualTo(2);
  }

  private int bench(String... more) {
    List<String> command = new ArrayList<>(List.of("resume", "--json", "--jar", VestibuleProcess.JAR.toString(), "--jvm", "-Xmx256m"));
    command.addAll(List.of(more));
    out.getBuffer().setLength(0);
    return new CommandLine(new BenchCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(command.toArray(String[]::new));
  }
}
