package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People who mean no good at the door of a real node, whose line has two honest waiters: what they are told, and that the line does not notice. */
class BadInputIT {
  private static final String SECRET = "a resume secret of the system tests, long enough";
  private static final int IP_JOINS = 30;
  private static final int USER_JOINS = 10;
  private static final Duration ANSWER = Duration.ofSeconds(20);

  @RegisterExtension final Nodes nodes = new Nodes();

  private final HttpClient http = HttpClient.newHttpClient();
  private VestibuleProcess node;
  private Client inside;
  private Client anna;
  private String annasToken;
  private String bensToken;

  /** One is in, Anna waits on a socket and Ben over HTTP. */
  @BeforeEach
  void start() throws Exception {
    node = nodes.start("a", "--set", "admission.capacity=1", "--set", "admission.secret=" + SECRET, "--set", "admission.ip-joins=" + IP_JOINS,
        "--set", "admission.user-joins=" + USER_JOINS, "--set", "gateway.http.trusted-proxies=127.0.0.1", "--set", "admission.adaptive=false",
        "--set", "admission.queues=[{name: sale, capacity: 1}]");
    inside = nodes.connect(node, "inside");
    anna = nodes.open(node, "anna");
    annasToken = anna.request(auth("anna"), "queued").json().getString("resumeToken");
    bensToken = body(ask("join", nodes.token("ben"), null)).getString("resumeToken");
  }

  private JsonObject auth(String user) {
    return new JsonObject().put("type", "auth").put("token", nodes.token(user));
  }

  private static JsonObject reconnect(String token) {
    return new JsonObject().put("type", "reconnect_attempt").put("token", token);
  }

  /**
   * Calls.
   *
   * @param from the address that a trusted proxy says; null for this machine's own
   */
  private HttpResponse<String> ask(String call, String bearer, String from) throws Exception {
    URI uri = URI.create(node.socketUrl().toString().replace("ws://", "http://").replace("/ws", "/api/admission/" + call));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER).header("Authorization", "Bearer " + bearer);
    if (from != null) {
      request.header("X-Forwarded-For", from);
    }
    if (!call.equals("status")) {
      request.POST(HttpRequest.BodyPublishers.noBody());
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonObject body(HttpResponse<String> answer) {
    return new JsonObject(answer.body());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse(null);
  }

  /** Both are where they were, their tokens are good, and when their turn comes they get in one after the other. */
  private void assertTheLineIsUnharmed() throws Exception {
    HttpResponse<String> ben = ask("status", bensToken, null);
    assertThat(ben.statusCode()).isEqualTo(202);
    assertThat(body(ben).getInteger("position")).isEqualTo(2);
    assertThat(anna.hasEnded()).isFalse();
    anna.close();
    anna = nodes.open(node, "anna-again");
    Frame back = anna.request(reconnect(annasToken), "queued");
    assertThat(back.json().getInteger("position")).isEqualTo(1);
    inside.send(new JsonObject().put("type", "leave"));
    anna.await("she is in", frame -> "user.anna".equals(frame.topic()));
    anna.subscribe("a.b");
    assertThat(body(ask("status", body(ben).getString("resumeToken"), null)).getInteger("position")).isEqualTo(1);
  }

  private SessionClaim claimOf(String token) {
    return new ResumeTokens(ResumeSecrets.of(SECRET), nodes.clusterName()).verify(token).claim();
  }

  private String signed(String secret, String cluster, String queue, SessionClaim claim) {
    return new ResumeTokens(ResumeSecrets.of(secret), cluster).sign(queue, claim);
  }

  private static String altered(String token, String from, String to) {
    String[] parts = token.split("\\.");
    String payload = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.ISO_8859_1).replace(from, to);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes(StandardCharsets.ISO_8859_1)) + '.' + parts[1];
  }

  @Test
  void tokensOfAnyBadKindOpenNothing() throws Exception {
    SessionClaim anne = claimOf(annasToken);
    SessionClaim eves = new SessionClaim("eve", anne.session(), anne.generation(), anne.joinedAtMs(), null);
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put("a signature of nobody " + annasToken.split("\\.")[0] + ".AAAA", "invalid");
    bad.put(altered(annasToken, "default", "defaulx"), "invalid");
    bad.put(altered(annasToken, "anna", "ben_"), "invalid");
    bad.put(signed("another secret of another cluster, long enough", nodes.clusterName(), "default", anne), "invalid");
    bad.put(signed(SECRET, "another-cluster", "default", anne), "invalid");
    bad.put(nodes.token("anna"), "invalid");
    // Signed, and still nothing: of a queue that there is not, of somebody else's place.
    bad.put(signed(SECRET, nodes.clusterName(), "nowhere", anne), "unknown_queue");
    bad.put(signed(SECRET, nodes.clusterName(), "sale", anne), "expired");
    bad.put(altered(annasToken, "\u0007default", "\u0004sale"), "invalid");
    bad.put(signed(SECRET, nodes.clusterName(), "default", eves), "expired");
    for (Map.Entry<String, String> token : bad.entrySet()) {
      Client eve = nodes.open(node, "eve");
      Frame refused = eve.request(reconnect(token.getKey()), "reconnect_failed");
      assertThat(refused.json().getString("reason")).as(token.getKey()).isEqualTo(token.getValue());
      eve.close();
      for (String call : List.of("status", "heartbeat", "leave")) {
        HttpResponse<String> answer = ask(call, token.getKey(), "203.0.113.1");
        if (call.equals("leave") && token.getValue().equals("expired")) {
          assertThat(body(answer).getString("status")).as("there is nothing to leave").isEqualTo("left");
        } else {
          assertThat(body(answer).getString("reason")).as(call + " " + token.getKey()).isEqualTo(token.getValue());
        }
      }
    }
    assertTheLineIsUnharmed();
  }

  @Test
  void whatWasUsedOrIsOverIsRefused() throws Exception {
    Client first = nodes.open(node, "carl");
    String old = first.request(auth("carl"), "queued").json().getString("resumeToken");
    first.close();
    Client second = nodes.open(node, "carl-again");
    String newer = second.request(reconnect(old), "queued").json().getString("resumeToken");
    second.request(new JsonObject().put("type", "ping"), "pong");
    Client replaying = nodes.open(node, "replaying");
    JsonObject refused = replaying.request(reconnect(old), "reconnect_failed").json();
    assertThat(refused.getString("reason")).isEqualTo("used");
    assertThat(refused.getInteger("attemptsLeft")).isEqualTo(4);
    assertThat(refused.getInteger("retryAfterMs")).isEqualTo(1_000);
    for (String call : List.of("status", "heartbeat", "leave")) {
      HttpResponse<String> answer = ask(call, old, null);
      assertThat(answer.statusCode()).as(call).isEqualTo(409);
      assertThat(body(answer).getString("reason")).isEqualTo("used");
    }
    assertThat(second.hasEnded()).as("nobody left for him").isFalse();
    second.request(new JsonObject().put("type", "leave"), "left");
    Client late = nodes.open(node, "late");
    assertThat(late.request(reconnect(newer), "reconnect_failed").json().getString("reason")).isEqualTo("expired");
    assertThat(body(ask("heartbeat", newer, null)).getString("reason")).isEqualTo("expired");
    assertTheLineIsUnharmed();
  }

  @Test
  void nobodyBurnsTheAttemptsOfAnother() throws Exception {
    List<String> forged = List.of(annasToken + "x", altered(annasToken, "anna", "annb"), annasToken.substring(0, annasToken.length() - 4) + "AAAA");
    int limited = 0;
    for (int i = 0; i < IP_JOINS + 10; i++) {
      HttpResponse<String> answer = ask("heartbeat", forged.get(i % 3), "203.0.113.2");
      assertThat(body(answer).getString("reason")).isIn("invalid", "too_many_joins");
      if (answer.statusCode() == 429) {
        limited++;
        assertThat(header(answer, "X-RateLimit-Policy")).isEqualTo("ip-joins");
        assertThat(Integer.parseInt(header(answer, "Retry-After"))).isPositive();
      }
    }
    assertThat(limited).as("it was her address that was held back").isPositive();
    for (int i = 0; i < 2; i++) {
      Client eve = nodes.open(node, "eve");
      for (int k = 0; k < 5; k++) {
        eve.send(reconnect(forged.get(k % 3)));
      }
      assertThat(eve.awaitEnd(ANSWER).code()).isEqualTo(4501);
    }
    assertTheLineIsUnharmed();
  }

  /** Limits give one attempt back after its share of the minute, so as many more pass as the flood lasts. */
  private static int most(int limit, long beganNanos) {
    return limit + (int) (Duration.ofNanos(System.nanoTime() - beganNanos).toSeconds() * limit / 60) + 1;
  }

  @Test
  void aFloodFromOneAddressIsHeldBackAndOthersComeIn() throws Exception {
    String flooder = "203.0.113.3";
    long began = System.nanoTime();
    List<HttpResponse<String>> answers = new ArrayList<>();
    for (int i = 0; i < 2 * IP_JOINS; i++) {
      answers.add(ask("join", nodes.token("bot-" + i), flooder));
    }
    int joined = (int) answers.stream().filter(answer -> answer.statusCode() == 202).count();
    assertThat(joined).isBetween(IP_JOINS, most(IP_JOINS, began));
    List<HttpResponse<String>> limited = answers.stream().filter(answer -> answer.statusCode() != 202).toList();
    assertThat(limited).isNotEmpty().allSatisfy(answer -> {
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(body(answer).getString("reason")).isEqualTo("too_many_joins");
      assertThat(header(answer, "X-RateLimit-Limit")).isEqualTo(Integer.toString(IP_JOINS));
      assertThat(header(answer, "X-RateLimit-Remaining")).isEqualTo("0");
      assertThat(header(answer, "X-RateLimit-Window")).isEqualTo("60");
      assertThat(header(answer, "X-RateLimit-Policy")).isEqualTo("ip-joins");
      assertThat(Long.parseLong(header(answer, "X-RateLimit-Reset"))).isGreaterThanOrEqualTo(System.currentTimeMillis() / 1_000);
      assertThat(header(answer, "RateLimit-Policy")).isEqualTo("\"ip-joins\";q=" + IP_JOINS + ";w=60");
      assertThat(header(answer, "RateLimit")).isEqualTo("\"ip-joins\";r=0;t=" + header(answer, "Retry-After"));
    });
    HttpResponse<?> upgrade = upgradeUntilRefused(flooder);
    assertThat(upgrade.statusCode()).isEqualTo(429);
    assertThat(header(upgrade, "X-RateLimit-Policy")).isEqualTo("ip-joins");
    assertThat(header(upgrade, "Retry-After")).isNotNull();
    assertThat(body(ask("join", nodes.token("dora"), "198.51.100.1")).getInteger("position")).as("another address").isEqualTo(3 + joined);
    nodes.open(node, "finn").request(auth("finn"), "queued");
    assertTheLineIsUnharmed();
  }

  private HttpResponse<?> upgradeUntilRefused(String from) {
    for (int i = 0; i < 2 * IP_JOINS; i++) {
      try {
        http.newWebSocketBuilder().header("X-Forwarded-For", from).buildAsync(node.socketUrl(), new java.net.http.WebSocket.Listener() { }).join().abort();
      } catch (CompletionException refused) {
        return ((WebSocketHandshakeException) refused.getCause()).getResponse();
      }
    }
    throw new AssertionError("never refused");
  }

  /** Whatever a client writes before what the proxy wrote, and whichever address of its network it takes. */
  @Test
  void anAddressCannotBeMadeUp() throws Exception {
    for (String flooder : List.of("198.51.100.%d, 203.0.113.4", "2001:db8:5:6::%x")) {
      long began = System.nanoTime();
      int joined = 0;
      for (int i = 0; i < 2 * IP_JOINS; i++) {
        HttpResponse<String> answer = ask("join", nodes.token("bot-" + i), flooder.formatted(i + 1));
        joined += answer.statusCode() == 202 ? 1 : 0;
        assertThat(answer.statusCode()).isIn(202, 429);
      }
      assertThat(joined).as(flooder).isBetween(IP_JOINS, most(IP_JOINS, began));
    }
    assertTheLineIsUnharmed();
  }

  /** Carl left his token lying about. It opens nothing any more, and whoever found it cannot use up what he may try. */
  @Test
  void aTokenThatIsOverBurnsNothingOfItsUser() throws Exception {
    Client carl = nodes.open(node, "carl");
    String over = carl.request(auth("carl"), "queued").json().getString("resumeToken");
    carl.request(new JsonObject().put("type", "leave"), "left");
    Client eve = nodes.open(node, "eve");
    for (int i = 0; i < 3 * USER_JOINS; i++) {
      assertThat(eve.request(reconnect(over), "reconnect_failed").json().getString("reason")).isEqualTo("expired");
      assertThat(body(ask("heartbeat", over, null)).getString("reason")).isEqualTo("expired");
    }
    for (int i = 0; i < USER_JOINS - 2; i++) {
      Client back = nodes.open(node, "carl-" + i);
      back.request(auth("carl"), "queued");
      back.request(new JsonObject().put("type", "leave"), "left");
    }
    assertTheLineIsUnharmed();
  }

  /** Three connections are three, whichever queues they wait in. */
  @Test
  void nobodyHasMoreConnectionsBecauseThereAreMoreQueues() throws Exception {
    nodes.open(node, "eve-1").request(auth("eve"), "queued");
    nodes.open(node, "eve-2").request(auth("eve").put("queue", "sale"), "auth_success");
    nodes.open(node, "eve-3").request(auth("eve").put("queue", "sale"), "auth_success");
    for (String queue : List.of("default", "sale")) {
      JsonObject refused = nodes.open(node, "eve-more").request(auth("eve").put("queue", queue), "auth_error").json();
      assertThat(refused.getString("reason")).isEqualTo("too_many_user_connections");
      assertThat(refused.getBoolean("temporary")).isTrue();
    }
    HttpResponse<String> http = ask("join", nodes.token("eve"), null);
    assertThat(http.statusCode()).isEqualTo(429);
    assertThat(body(http).getString("reason")).isEqualTo("too_many_user_connections");
    assertThat(header(http, "X-RateLimit-Policy")).as("how often she may try is another limit").isNotNull();
    assertTheLineIsUnharmed();
  }

  @Test
  void aFloodOfOneUserIsHeldBackAndHasOnePlace() throws Exception {
    String eve = nodes.token("eve");
    long began = System.nanoTime();
    List<HttpResponse<String>> answers = new ArrayList<>();
    for (int i = 0; i < 3 * USER_JOINS; i++) {
      answers.add(ask("join", eve, "203.0.113." + (10 + i)));
    }
    List<HttpResponse<String>> joined = answers.stream().filter(answer -> answer.statusCode() == 202).toList();
    assertThat(joined).hasSizeBetween(USER_JOINS, most(USER_JOINS, began));
    assertThat(joined).extracting(answer -> body(answer).getString("sessionId")).containsOnly(body(joined.get(0)).getString("sessionId"));
    assertThat(joined).extracting(answer -> body(answer).getInteger("position")).containsOnly(3);
    assertThat(answers.stream().filter(answer -> answer.statusCode() != 202)).isNotEmpty().allSatisfy(answer -> {
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(header(answer, "X-RateLimit-Policy")).isEqualTo("user-joins");
      assertThat(header(answer, "X-RateLimit-Remaining")).isEqualTo("0");
      assertThat(header(answer, "RateLimit-Policy")).isEqualTo("\"ip-joins\";q=" + IP_JOINS + ";w=60, \"user-joins\";q=" + USER_JOINS + ";w=60");
      assertThat(Integer.parseInt(header(answer, "Retry-After"))).isPositive();
    });
    Client socket = nodes.open(node, "eve");
    JsonObject refused = null;
    for (int i = 0; i < 2 * USER_JOINS && refused == null; i++) {
      Client next = nodes.open(node, "eve-" + i);
      next.send(auth("eve"));
      Frame answer = next.await("an answer", frame -> frame.type().equals("queued") || frame.type().equals("auth_error"));
      refused = answer.json().getString("reason", "").equals("too_many_joins") ? answer.json() : null;
      next.close();
    }
    assertThat(refused).as("over sockets she is held back by the same limit").isNotNull();
    assertThat(refused.getInteger("retryAfterMs")).isPositive();
    socket.close();
    assertTheLineIsUnharmed();
  }
}
