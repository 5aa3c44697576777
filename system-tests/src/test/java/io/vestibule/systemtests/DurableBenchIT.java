package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.bench.BenchCommand;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/** The command {@code bench durable}, with nodes of its own: what it counts is right, and it says so when something is not as it should be. */
class DurableBenchIT {
  @RegisterExtension final Redis redis = new Redis();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void publishesAreCountedAndJudgedOnTwoNodes() {
    long before = children();
    assertThat(bench("--nodes", "2", "--publishers", "3", "--topics", "4", "--subscribers", "3", "--window", "4", "--warmup", "500ms", "--duration", "1s")).as(err + "" + out).isZero();
    JsonObject measured = new JsonObject(out.toString());
    assertThat(measured.getInteger("ready")).isEqualTo(15);
    assertThat(measured.getLong("acknowledged")).isPositive();
    assertThat(measured.getLong("delivered")).isEqualTo(measured.getLong("delivered") / 3 * 3).isGreaterThanOrEqualTo(measured.getLong("acknowledged") * 3);
    assertThat(measured.getJsonObject("ack").getDouble("p50Millis")).isPositive();
    assertThat(measured.getJsonObject("delivery").getLong("count")).isPositive();
    assertThat(measured.getDouble("nodeCpuSeconds")).isPositive();
    assertThat(measured.getValue("redisCpuSeconds")).isNull();
    assertThat(children()).as("nothing stays").isEqualTo(before);
  }

  @Test
  void theOtherStoreIsMeasuredInAnOpenLoop() throws Exception {
    redis.start();
    long before = children();
    for (String where : List.of(redis.url(), redis.program())) {
      long begun = System.nanoTime();
      assertThat(bench("--redis", where, "--publishers", "2", "--topics", "2", "--rate", "100", "--warmup", "0s", "--duration", "1s")).as(err + "" + out).isZero();
      JsonObject measured = new JsonObject(out.toString());
      // A closed loop has thousands. One second is measured, or more where the machine is busy; what was due in it counts, whenever it was acknowledged.
      long most = 100 * Duration.ofNanos(System.nanoTime() - begun).toSeconds();
      assertThat(measured.getJsonObject("ack").getLong("count")).isBetween(50L, most);
      assertThat(measured.getLong("acknowledged")).isPositive().isLessThanOrEqualTo(most);
      assertThat(measured.getValue("redisCpuSeconds") == null).as("of one that it did not start").isEqualTo(where.equals(redis.url()));
    }
    assertThat(children()).as("nothing stays").isEqualTo(before);
  }

  @Test
  void memoryIsWatchedAndAStoreThatNeverWasFullShowsNothing() {
    List<String> watched = List.of("--watch-memory", "64MiB", "--watch-every", "1s", "--topics", "64", "--warmup", "0s");
    // A shard of 1 MiB is full with 35 of these.
    assertThat(bench(watched, "--size", "30000", "--duration", "6s")).as(err + "" + out).isZero();
    assertThat(err.toString()).containsPattern("memory +1 +[0-9,]+ acknowledged +live [0-9.]+ MB of ");
    assertThat(new JsonObject(out.toString()).getBoolean("memoryWithinBounds")).isTrue();
    assertThat(bench(watched, "--duration", "1s", "--rate", "10")).isEqualTo(1);
    assertThat(new JsonObject(out.toString()).getBoolean("clean")).isTrue();
    assertThat(new JsonObject(out.toString()).getBoolean("memoryWithinBounds")).isFalse();
    assertThat(bench(watched, "--redis", "redis://127.0.0.1:1")).isEqualTo(2);
    assertThat(bench("--watch-memory", "much")).isEqualTo(2);
  }

  @Test
  void topicsThatAreNotDurableAndWrongOptionsAreToldApart() {
    String rule = "topics=[{pattern: \"**\", subscribe: authenticated, publish: authenticated}]";
    assertThat(bench("--publishers", "1", "--topics", "1", "--window", "1", "--set", rule, "--warmup", "0s", "--duration", "200ms")).isEqualTo(1);
    JsonObject wrong = new JsonObject(out.toString());
    assertThat(wrong.getBoolean("clean")).isFalse();
    assertThat(wrong.getJsonObject("faults").getMap()).containsKey("acknowledged without an offset: is the topic durable?");

    assertThat(bench("--topics", "0")).isEqualTo(2);
    assertThat(bench("--nodes", "0")).isEqualTo(2);
    assertThat(bench("--redis", "/no/such/program")).isEqualTo(2);
    assertThat(err.toString()).contains("--redis: no program /no/such/program");
    assertThat(bench("--url", "ws://127.0.0.1:1/ws", "--nodes", "2")).isEqualTo(2);
    assertThat(bench("--secret", "x".repeat(32))).isEqualTo(2);
  }

  private static long children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
  }

  private int bench(String... more) {
    return bench(List.of(), more);
  }

  private int bench(List<String> first, String... more) {
    List<String> command = new ArrayList<>(List.of("durable", "--json", "--jar", VestibuleProcess.JAR.toString(), "--jvm", "-Xmx256m"));
    command.addAll(first);
    command.addAll(List.of(more));
    out.getBuffer().setLength(0);
    return new CommandLine(new BenchCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(command.toArray(String[]::new));
  }
}
