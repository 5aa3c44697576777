package io.vestibule.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.node.config.ConfigLoader;
import io.vestibule.node.process.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private static final String SECRET = "auth.jwt.secret=0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "run", "check-config", "default-config", "token", "drain", "bench"})
  void everyCommandExplainsItselfAndKnowsItsVersion(String command) {
    var help = run(words(command + " --help"));
    var version = run(words(command + " --version"));

    assertThat(help.code()).isEqualTo(ExitCode.OK);
    assertThat(help.out()).startsWith("Usage: vestibule");
    assertThat(version).isEqualTo(new Result(ExitCode.OK, "vestibule development\n", ""));
  }

  @Test
  void theDefaultsCanBeTakenAsAFile() throws IOException {
    var printed = run("default-config");
    Path file = Files.writeString(folder.resolve("all.yaml"), printed.out());

    assertThat(printed.out()).isEqualTo(ConfigLoader.defaults());
    assertThat(run("check-config", "--conf", file.toString()).code()).isEqualTo(ExitCode.OK);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "--prot 1               | vestibule: Unknown options: '--prot', '1' (see 'vestibule --help')",
      "run --port             | vestibule: Missing required parameter for option '--port' (PORT) (see 'vestibule run --help')",
      "--port 1 run           | vestibule: write --port after 'run', not before it (see 'vestibule --help')",
      "bench --rate 5 idle    | vestibule: write --rate after 'idle', not before it (see 'vestibule bench --help')",
      "bench --rate fast      | vestibule: Invalid value for option '--rate': 'fast' is not a double (see 'vestibule bench --help')",
      "chekc-config           | vestibule: Unmatched argument at index 0: 'chekc-config'; did you mean check-config? (see 'vestibule --help')",
      "token                  | vestibule: Missing required option: '--sub=USER' (see 'vestibule token --help')",
      "token --sub a --ttl 5  | vestibule: --ttl '5' is not a duration such as 500ms, 30s, 5m, 1h or 30d (see 'vestibule token --help')",
      "token --sub a --info 5 | vestibule: --info '5' is not a JSON object (see 'vestibule token --help')",
  })
  void aWrongCommandLineIsOneLine(String line, String expected) {
    assertThat(run(words(line))).isEqualTo(new Result(ExitCode.USAGE, "", expected + "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check-config", "", "token --sub anna"})
  void aWrongConfigurationIsOneLine(String command) {
    assertThat(run(words(command + " --set gateway.http.prot=1"))).isEqualTo(
        new Result(ExitCode.CONFIG, "", "vestibule: --set: unknown key gateway.http.prot; did you mean gateway.http.port?\n"));
  }

  @Test
  void brokenAndMissingFilesAreOneLine() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.yaml"), "gateway:\n  http: [\n");
    Path missing = folder.resolve("missing.yaml");
    assertThat(run("check-config", "--conf", folder + "/two\nlines.yaml").err().lines()).hasSize(1);

    assertThat(run("run", "--conf", broken.toString())).satisfies(result -> {
      assertThat(result.code()).isEqualTo(ExitCode.CONFIG);
      assertThat(result.err().lines()).singleElement().asString().startsWith("vestibule: " + broken + ":3: not valid YAML: ");
    });
    assertThat(run("run", "--conf", missing.toString()))
        .isEqualTo(new Result(ExitCode.CONFIG, "", "vestibule: " + missing + ": there is no such file\n"));
  }

  /** Before a node has joined a cluster, which moves data for it, or has bound its port. */
  @ParameterizedTest
  @ValueSource(strings = {"run", "check-config"})
  void filesThatCannotBeUsedAreOneLine(String command) throws IOException {
    Path rubbish = Files.writeString(folder.resolve("rubbish"), "{\"keys\": []}");
    Path nowhere = folder.resolve("nowhere");
    assertUnusable(command, "auth.jwt.keys: " + nowhere + " cannot be read", "auth.jwt.keys=RS256:" + nowhere);
    assertUnusable(command, "auth.jwt.keys: " + rubbish + " is not a PEM file", "auth.jwt.keys=RS256:" + rubbish);
    assertUnusable(command, "auth.jwt.jwks cannot be used: the file cannot be read", "auth.jwt.jwks=" + nowhere);
    assertUnusable(command, "auth.jwt.jwks cannot be used: it is not a file", "auth.jwt.jwks=" + folder);
    assertUnusable(command, "auth.jwt.jwks cannot be used: it has no keys", "auth.jwt.jwks=" + rubbish);
    assertUnusable(command, "gateway.http.tls cannot be used: " + nowhere + " cannot be read; auth.jwt.jwks cannot be used: it has no keys",
        "gateway.http.tls.certificate=" + nowhere, "gateway.http.tls.key=" + rubbish, "auth.jwt.jwks=" + rubbish);
    assertUnusable(command, "cluster.tls cannot be used: Missing -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY----- delimiter",
        "cluster.tls.certificate=" + rubbish, "cluster.tls.key=" + rubbish, "cluster.tls.ca=" + rubbish);
  }

  private void assertUnusable(String command, String expected, String... settings) {
    String line = command + Stream.of(settings).map(setting -> " --set " + setting).collect(Collectors.joining());
    assertThat(run(words(line))).isEqualTo(new Result(ExitCode.CONFIG, "", "vestibule: " + expected + "\n"));
  }

  @Test
  void whatOtherRolesNeedIsNotLookedAt() {
    assertThat(run("check-config", "--roles", "presence", "--set", "auth.jwt.jwks=/nowhere").code()).isEqualTo(ExitCode.OK);
    assertThat(run("check-config", "--set", "auth.jwt.jwks=https://127.0.0.1:1/keys").code()).as("it may be there later").isEqualTo(ExitCode.OK);
  }

  @Test
  void warningsDoNotMakeAConfigurationWrong() {
    var checked = run("check-config", "--set", "cluster.host=10.0.0.1");

    assertThat(checked.code()).isEqualTo(ExitCode.OK);
    assertThat(checked.err()).startsWith("vestibule: warning: cluster.host '10.0.0.1'");
    assertThat(checked.out()).contains("can be used", "development mode");
    assertThat(run("check-config", "--set", SECRET).out()).doesNotContain("development mode");
  }

  @Test
  void aPortInUseIsOneLine() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      assertThat(run("--port", Integer.toString(port))).isEqualTo(new Result(ExitCode.UNAVAILABLE, "",
          "vestibule: gateway.http.port " + port + " is in use on 127.0.0.1; choose another with --port, or 0 for any free one\n"));
      assertThat(run("run", "--port", "0", "--set", "operations.http-port=" + port)).isEqualTo(new Result(ExitCode.UNAVAILABLE, "",
          "vestibule: operations.http-port " + port + " is in use on 127.0.0.1\n"));
    }
  }

  @Test
  void anAddressOfAnotherMachineIsOneLine() {
    // 192.0.2.0/24 is for documentation (RFC 5737): nobody has it.
    assertThat(run("run", "--set", "gateway.http.host=192.0.2.1", "--set", SECRET)).isEqualTo(new Result(ExitCode.UNAVAILABLE, "",
        "vestibule: '192.0.2.1' of gateway.http.port 8080 is not an address of this machine\n"));
  }

  @Test
  void aTokenHasWhatWasAskedFor() {
    var minted = run("token", "--sub", "anna", "--set", SECRET, "--ttl", "5m", "--caps-subscribe", "news.*,user.anna", "--caps-publish", "news.a",
        "--api", "publish", "--class", "vip", "--info", "{\"name\": \"Anna\"}", "--admin");

    assertThat(minted.err()).isEmpty();
    var claims = new JsonObject(new String(Base64.getUrlDecoder().decode(minted.out().split("\\.")[1]), StandardCharsets.UTF_8));
    assertThat(claims.getLong("exp") - claims.getLong("iat")).isEqualTo(300);
    assertThat(claims.getString("sub")).isEqualTo("anna");
    assertThat(claims.getJsonObject("caps")).isEqualTo(new JsonObject()
        .put("subscribe", JsonArray.of("news.*", "user.anna")).put("publish", JsonArray.of("news.a")).put("api", JsonArray.of("publish")));
    assertThat(claims.getString("class")).isEqualTo("vip");
    assertThat(claims.getJsonObject("info")).isEqualTo(new JsonObject().put("name", "Anna"));
    assertThat(claims.getBoolean("admin")).isTrue();
  }

  @Test
  void withoutASecretThereIsNoToken() {
    assertThat(run("token", "--sub", "anna")).satisfies(result -> {
      assertThat(result.code()).isEqualTo(ExitCode.CONFIG);
      assertThat(result.err().lines()).singleElement().asString().contains("auth.jwt.secret is not set", "--url");
    });
  }

  @Test
  void aDevelopmentNodeGivesTokens() throws IOException {
    var asked = new StringWriter();
    HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    node.createContext("/dev/token", call -> {
      asked.write(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      byte[] answer = "{\"token\": \"a.b.c\"}".getBytes(StandardCharsets.UTF_8);
      call.sendResponseHeaders(200, answer.length);
      call.getResponseBody().write(answer);
      call.close();
    });
    node.start();
    try {
      String url = "http://127.0.0.1:" + node.getAddress().getPort();
      assertThat(run("token", "--sub", "an\"na", "--url", url)).isEqualTo(new Result(ExitCode.OK, "a.b.c\n", ""));
      assertThat(new JsonObject(asked.toString())).isEqualTo(new JsonObject().put("sub", "an\"na"));
      assertThat(run("token", "--sub", "anna", "--url", url, "--admin").code()).isEqualTo(ExitCode.USAGE);
    } finally {
      node.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"http://127.0.0.1:1, 69", "ftp://127.0.0.1, 2", "nonsense, 2"})
  void aNodeThatIsNotThereIsOneLine(String url, int code) {
    var result = run("token", "--sub", "anna", "--url", url);

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.err().lines()).singleElement().asString().startsWith("vestibule: ").doesNotContain("Exception");
  }

  private static String[] words(String line) {
    return line.strip().split(" +");
  }

  private static Result run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code = new Cli(Map.of(), new PrintWriter(out, true), new PrintWriter(err, true)).execute(
        args.length == 1 && args[0].isEmpty() ? new String[0] : args);
    return new Result(code, out.toString(), err.toString());
  }

  private record Result(int code, String out, String err) {}
}
