package io.vestibule.systemtests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The client libraries that people use, against a running {@code vestibule.jar}: the tests are the files in {@code clients/}, written from
 * {@code docs/protocol.md} and run by Node.js; each of their tests counts as one here. One file alone: {@code node --test ws.test.mjs} in that folder.
 */
class NodeClientsIT {
  private static final Path CLIENTS = Path.of("clients").toAbsolutePath();
  private static final Path REPORTS = Path.of("target", "clients").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> ws() throws Exception {
    return run("ws.test.mjs");
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> limits() throws Exception {
    return run("limits.test.mjs");
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> waiting() throws Exception {
    return run("waiting.test.mjs");
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> sockjs() throws Exception {
    return run("sockjs.test.mjs");
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> eventBusBridge() throws Exception {
    return run("bridge.test.mjs");
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> feeds() throws Exception {
    return run("feeds.test.mjs");
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> discretion() throws Exception {
    return run("discretion.test.mjs");
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> page() throws Exception {
    return run("page.test.mjs");
  }

  private static Stream<DynamicTest> run(String file) throws Exception {
    NodeTestRun run = NodeTestRun.of(CLIENTS, file, REPORTS, LIMIT);
    assertThat(run.cases()).as("%s ran no test; it printed%n%s", file, run.output()).isNotEmpty();
    Stream<DynamicTest> tests = run.cases().stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> {
      if (one.failure() != null) {
        throw new AssertionError(file + ": " + one.name() + "\n" + one.failure());
      }
    }));
    // A failure outside every test, in a hook of the file for one, is told by the runner's output only.
    return Stream.concat(tests, Stream.of(DynamicTest.dynamicTest(file + " as a whole",
        () -> assertThat(run.exitCode()).as("exit code; the run printed%n%s", run.output()).isZero())));
  }
}
