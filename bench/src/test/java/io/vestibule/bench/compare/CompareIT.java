package io.vestibule.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vestibule.bench.BenchCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The comparison of the bare server with itself: what is measured is not the point, but that it is measured, and that no process stays. */
@Timeout(600)
class CompareIT {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void comparesFanOut() throws Exception {
    assertThat(compare("--scenario", "fanout-100x1500", "--pairs", "1", "--uncounted", "1", "--warmup", "1s", "--duration", "1s", "--instances", "3")).as(out + "" + err).isZero();
    assertThat(out.toString()).contains("event loops of each that serve: 3;").containsPattern("(?m)^1 +bare +[0-9.]+ +150,000 +0 ").containsPattern("(?m)^1 +vestibule +[0-9.]+ +150,000 +0 ")
        .containsPattern("median of the ratios, vestibule to bare: cpu per delivery [0-9.]+");
    assertNoChildren();
  }

  @Test
  void comparesIdleMemory() throws Exception {
    assertThat(compare("--scenario", "idle-memory", "--pairs", "1", "--few", "100", "--many", "600", "--settle", "100ms"))
        .as(out + "" + err).isZero();
    assertThat(out.toString()).containsPattern("(?m)^1 +bare +[0-9,]+ ").containsPattern("vestibule to bare: [0-9.]+");
    assertNoChildren();
  }

  @Test
  void saysWhyAServerDoesNotStart() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty.jar"), "");
    assertThat(command().execute("compare", "--scenario", "fanout-1000x100", "--jar", empty.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("bare server ended with 1").contains("empty.jar");
    assertNoChildren();
  }

  @Test
  void aWrongCommandLineIsAUsageError() {
    assertThat(command().execute("compare", "--scenario", "nonsense")).isEqualTo(2);
    assertThat(command().execute("compare", "--pairs", "0")).isEqualTo(2);
    assertThat(command().execute("compare", "--instances", "-1")).isEqualTo(2);
    assertThat(command().execute("compare", "--uncounted", "-1")).isEqualTo(2);
    assertThat(command().execute("fanout", "--connections", "0")).isEqualTo(2);
    assertThat(command().execute("fanout", "--topic", "a\"b")).isEqualTo(2);
    assertThat(command().execute("fanout", "--url", "http://127.0.0.1")).isEqualTo(2);
    assertThat(command().execute("fanout", "--source-addresses", "nowhere")).isEqualTo(2);
    assertThat(command().execute("idle", "--connections", "0")).isEqualTo(2);
    assertThat(command().execute("--connections", "0")).isEqualTo(2);
  }

  @Test
  void readsWhatTheSystemPrints() {
    assertThat(ProcessTimes.parse("7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0")).isEqualTo(2_000_000);
    assertThat(MemoryProbe.totalBytes(" 1:  5  80  [B\nTotal          5             80\n")).isEqualTo(80);
    assertThatThrownBy(() -> MemoryProbe.totalBytes("nothing")).isInstanceOf(IllegalArgumentException.class);
    assertThat(Median.of(List.of(3.0, 1.0, 2.0), d -> d)).isEqualTo(2);
    assertThat(Median.of(List.of(4.0, 1.0, 2.0, 3.0), d -> d)).isEqualTo(2.5);
  }

  private int compare(String... more) throws Exception {
    List<String> line = new java.util.ArrayList<>(List.of("compare", "--jar", StandIn.jar(directory).toString(), "--jvm", "-Xmx256m"));
    line.addAll(List.of(more));
    return command().execute(line.toArray(String[]::new));
  }

  private CommandLine command() {
    return new CommandLine(new BenchCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
  }

  private static void assertNoChildren() {
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }
}
