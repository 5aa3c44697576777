package io.vestibule.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.node.process.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrainCommandTest {
  private static final String DEADLINE = "2026-01-01T00:00:00.000Z";

  private final List<String> calls = new ArrayList<>();
  private HttpServer node;
  private int status = 200;
  private String answer = new JsonObject().put("deadline", DEADLINE).put("unreachable", new JsonArray())
      .put("nodes", JsonArray.of(new JsonObject().put("id", "x").put("name", "node-1").put("connections", 12))).encode();

  @BeforeEach
  void start() throws IOException {
    node = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    node.createContext("/", call -> {
      calls.add(call.getRequestMethod() + " " + call.getRequestURI() + " " + call.getRequestHeaders().getFirst("Authorization") + " "
          + new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      byte[] body = answer.getBytes(StandardCharsets.UTF_8);
      call.sendResponseHeaders(status, body.length);
      call.getResponseBody().write(body);
      call.close();
    });
    node.start();
  }

  @AfterEach
  void stop() {
    node.stop(0);
  }

  private record Result(int code, String out, String err) {}

  private Result run(String... args) {
    return run(Map.of("VESTIBULE_TOKEN", "a.b.c"), args);
  }

  private Result run(Map<String, String> environment, String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    String[] all = Stream.concat(Stream.of("drain", "--url", "http://127.0.0.1:" + node.getAddress().getPort()), Stream.of(args)).toArray(String[]::new);
    int code = new Cli(environment, new PrintWriter(out, true), new PrintWriter(err, true)).execute(all);
    return new Result(code, out.toString(), err.toString());
  }

  @Test
  void whatIsAskedForIsSentAndWhatIsDoneIsSaid() {
    assertThat(run()).isEqualTo(new Result(ExitCode.OK, "node-1 drains until " + DEADLINE + "; 12 connections\n", ""));
    assertThat(run("--node", "node-1", "--deadline", "5m").code()).isEqualTo(ExitCode.OK);
    assertThat(run("--cluster", "--token", "d.e.f").code()).isEqualTo(ExitCode.OK);
    assertThat(run("--undo", "--node", "node-1").out()).isEqualTo("node-1 serves again; 12 connections\n");
    assertThat(calls).containsExactly(
        "POST /api/admin/drain Bearer a.b.c {}",
        "POST /api/admin/drain Bearer a.b.c {\"node\":\"node-1\",\"deadline\":\"5m\"}",
        "POST /api/admin/drain Bearer d.e.f {\"cluster\":true}",
        "POST /api/admin/undrain Bearer a.b.c {\"node\":\"node-1\"}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--node a --cluster  | of --node and --cluster only one can be meant",
      "--undo --deadline 5s | --undo has no --deadline",
      "--deadline 5        | --deadline '5' is not a duration such as 500ms, 30s, 5m, 1h or 30d"})
  void aWrongCommandLineIsOneLine(String line, String said) {
    assertThat(run(line.strip().split(" "))).isEqualTo(new Result(ExitCode.USAGE, "", "vestibule: " + said.strip() + " (see 'vestibule drain --help')\n"));
    assertThat(calls).isEmpty();
  }

  @Test
  void withoutATokenItSaysWhereOneGoes() {
    assertThat(run(Map.of())).satisfies(result -> {
      assertThat(result.code()).isEqualTo(ExitCode.USAGE);
      assertThat(result.err()).contains("--token", "VESTIBULE_TOKEN");
    });
    assertThat(run("--token", "a\nsecret")).satisfies(result -> {
      assertThat(result.code()).isEqualTo(ExitCode.USAGE);
      assertThat(result.err()).doesNotContain("secret");
    });
  }

  @ParameterizedTest
  @CsvSource({"401, 77", "403, 77", "404, 2", "400, 2", "503, 69", "500, 69"})
  void aRefusalIsOneLineWithItsReason(int refused, int code) {
    status = refused;
    answer = new JsonObject().put("reason", "the_slug").put("detail", "What is wrong.").put("details", new JsonObject().put("known", JsonArray.of("a"))).encode();
    assertThat(run()).satisfies(result -> {
      assertThat(result.code()).isEqualTo(code);
      assertThat(result.err().lines()).singleElement().asString().contains("HTTP " + refused, "the_slug", "What is wrong.", "{\"known\":[\"a\"]}");
    });
  }

  @Test
  void nodesThatDoNotAnswerAreNamed() {
    answer = new JsonObject(answer).put("unreachable", JsonArray.of("node-2", "node-3")).encode();
    assertThat(run("--cluster")).isEqualTo(new Result(ExitCode.UNAVAILABLE, "node-1 drains until " + DEADLINE + "; 12 connections\n",
        "vestibule: no answer from node-2, node-3; run the command again\n"));
  }

  @Test
  void whoeverIsNoNodeIsOneLine() {
    answer = "<html>";
    assertThat(run()).satisfies(result -> {
      assertThat(result.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(result.err().lines()).singleElement().asString().contains("is not a node");
    });
    node.stop(0);
    assertThat(run().code()).isEqualTo(ExitCode.UNAVAILABLE);
  }
}
