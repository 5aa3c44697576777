package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.bench.BenchCommand;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/** The command {@code bench presence}: what it counts is right, and it says so when a watcher is wrong. */
class PresenceBenchIT {
  @RegisterExtension final Nodes nodes = new Nodes();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void roomsAreMeasuredAndAWatcherWhoIsWrongIsNoticed() throws Exception {
    VestibuleProcess node = nodes.start("a", "--set", "presence.listed-members=20", "--set", "presence.sample=5", "--set", "admission.max-connections-per-user=0");
    List<String> here = List.of("--url", node.socketUrl().toString(), "--secret", Nodes.SECRET, "--json", "--patience", "2s");

    assertThat(bench(here, "--scenario", "rooms-5x6")).as(err + "" + out).isZero();
    JsonObject listed = new JsonObject(out.toString());
    assertThat(listed.getInteger("watchers")).isEqualTo(30).isEqualTo(listed.getInteger("right"));
    assertThat(listed.getJsonObject("joins").getInteger("joined")).isEqualTo(30);
    assertThat(listed.getJsonObject("pings").getLong("sent")).isPositive();
    assertThat(listed.getValue("cpuSeconds")).as("of a node that it did not start").isNull();

    // So slowly that those who watch hear of the others one after the other, and by their number only from the twenty-first on.
    assertThat(bench(here, "--scenario", "room-40", "--watchers", "10", "--join-rate", "10")).as(err + "" + out).isZero();
    JsonObject large = new JsonObject(out.toString());
    assertThat(large.getInteger("right")).isEqualTo(10);
    assertThat(large.getJsonObject("told").getLong("count")).isBetween(300L, 400L);
    assertThat(large.getJsonObject("told").getDouble("p50Millis")).isPositive();
    assertThat(large.getJsonObject("traffic").getLong("diffBytes")).isPositive();

    assertThat(bench(here, "--scenario", "rooms-2x2", "--arriving")).as(err + "" + out).isZero();

    // Two connections of one user are not the two that should be there.
    List<String> one = List.of("--url", node.socketUrl().toString(), "--token", nodes.token("somebody"), "--json", "--patience", "500ms");
    assertThat(bench(one, "--scenario", "room-2")).isEqualTo(1);
    JsonObject wrong = new JsonObject(out.toString());
    assertThat(wrong.getBoolean("clean")).isFalse();
    assertThat(wrong.getInteger("right")).isZero();
    assertThat(wrong.getJsonObject("joins").getValue("settledSeconds")).isNull();
    assertThat(wrong.getJsonObject("faults").getMap()).containsKey("somebody is named who is not in the room");
  }

  @Test
  void aNodeOfItsOwnIsStartedAndEnded() throws Exception {
    List<String> own = List.of("--jar", VestibuleProcess.JAR.toString(), "--jvm", "-Xmx256m");
    long before = ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    assertThat(bench(own, "--scenario", "room-3", "--rounds", "2")).as(err + "" + out).isZero();
    assertThat(out.toString()).contains("round 2 of 2").containsPattern("server cpu +[0-9.]+ s").contains("3 of 3 watchers know who is there");
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive).count()).isEqualTo(before);

    assertThat(bench(own, "--scenario", "hall-3")).isEqualTo(2);
    assertThat(err.toString()).contains("'hall-3' is not like room-10000 or rooms-1000x10");
    assertThat(bench(own, "--scenario", "room-3", "--watchers", "4")).isEqualTo(2);
    assertThat(bench(own, "--arriving", "--join-rate", "4")).isEqualTo(2);
    assertThat(bench(own, "--rounds", "0")).isEqualTo(2);
    assertThat(bench(own, "--secret", Nodes.SECRET)).isEqualTo(2);
    assertThat(err.toString()).contains("a node that is started here has a secret of its own");
  }

  private int bench(List<String> where, String... more) {
    List<String> command = new ArrayList<>(List.of("presence"));
    command.addAll(where);
    command.addAll(List.of(more));
    out.getBuffer().setLength(0);
    return new CommandLine(new BenchCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(command.toArray(String[]::new));
  }
}
