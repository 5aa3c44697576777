package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.message.GatewayCommand.Drain;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.http.TestServer.Reply;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Waiting in line over real HTTP, with a coordinator that says what a test wants. */
class WaitingIT {
  private static final SessionClaim CLAIM = new SessionClaim("anna", new SessionRef("1-2", 3), 4, 1_700_000_000_000L, "vip");
  private static final Standing STANDING = new Standing(12, 40, 5_000, 9_000, null, 2_000);

  private TestServer server;

  private TestServer start(TestServer.Options options) {
    server = new TestServer(options);
    return server;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Reply join(String body, String... headers) {
    return call(HttpMethod.POST, "join", server.token("anna", new JsonObject().put("class", "vip").put("conn", new JsonObject().put("max", 2))), body, headers);
  }

  private Reply call(HttpMethod method, String call, String bearer, String body, String... headers) {
    Map<String, String> all = new HashMap<>();
    if (bearer != null) {
      all.put("Authorization", "Bearer " + bearer);
    }
    if (body != null) {
      all.put("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    return server.send(method, "/api/admission/" + call, all, body);
  }

  @Test
  void whoHasASlotIsToldUntilWhenToTakeIt() {
    start(new TestServer.Options()).coordinator.says(command -> new Admitted(CLAIM, false, 1_700_000_030_000L, 0, null, Quota.NONE));
    Reply reply = join("{\"queue\":\"sale\",\"device\":\"phone\"}", "X-Correlation-Id", "flow-1");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().get("X-Correlation-Id")).isEqualTo("flow-1");
    assertThat(reply.headers().get("Cache-Control")).isEqualTo("no-store");
    assertThat(reply.body()).isEqualTo(new JsonObject().put("status", "admitted").put("queue", "sale").put("userId", "anna").put("sessionId", "1-2-3")
        .put("resumeToken", reply.body().getString("resumeToken")).put("joinedAt", "2023-11-14T22:13:20.000Z").put("claimBy", "2023-11-14T22:13:50.000Z"));
    assertThat(TestServer.TOKENS.verify(reply.body().getString("resumeToken"))).isEqualTo(new ResumeTokens.Resumption("sale", CLAIM));
    Join asked = (Join) server.coordinator.asked.get(0);
    assertThat(asked).isEqualTo(new Join("sale", "anna", asked.attempt(), new Holder("self", null), "vip", 2, "phone", asked.state()));
    assertThat(new JsonObject(asked.state()).getJsonObject("claims").getInteger("max")).as("what the token said is there for the socket to come").isEqualTo(2);
    assertThat(server.coordinator.flows).containsExactly("flow-1");
  }

  @Test
  void whoWaitsIsToldHowItStands() {
    start(new TestServer.Options()).coordinator.says(command -> new Waiting(CLAIM, STANDING, null, Quota.NONE));
    Reply reply = join(null);
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.body().fieldNames()).containsExactlyInAnyOrder("status", "queue", "userId", "sessionId", "resumeToken", "joinedAt", "position", "waiting",
        "etaMs", "etaHighMs", "pollAfterMs");
    assertThat(reply.body().getString("queue")).isEqualTo("default");
    assertThat(reply.body().getLong("position")).isEqualTo(12);
    assertThat(reply.body().getLong("waiting")).isEqualTo(40);
    assertThat(reply.body().getLong("etaMs")).isEqualTo(5_000);
    assertThat(reply.body().getLong("etaHighMs")).isEqualTo(9_000);
    assertThat(reply.body().getLong("pollAfterMs")).isEqualTo(2_000);

    server.coordinator.says(command -> new Waiting(CLAIM, new Standing(13, 41, -1, -1, Rise.PRIORITY, 1_000), null, Quota.NONE));
    Reply later = call(HttpMethod.GET, "status", reply.body().getString("resumeToken"), null);
    assertThat(later.status()).isEqualTo(202);
    assertThat(later.body().getString("reason")).isEqualTo("priority");
    assertThat(later.body().containsKey("etaMs")).isTrue();
    assertThat(later.body().getValue("etaMs")).isNull();
    assertThat(server.coordinator.asked.get(1)).isEqualTo(new Poll("default", CLAIM));
    assertThat(call(HttpMethod.POST, "heartbeat", later.body().getString("resumeToken"), null).status()).isEqualTo(202);
  }

  @Test
  void whoLeavesIsAskedForItsTokenFirst() {
    start(new TestServer.Options()).coordinator.says(command -> command instanceof Leave ? new Done() : new Waiting(CLAIM, STANDING, null, Quota.NONE));
    String token = TestServer.TOKENS.sign("sale", CLAIM);
    Reply left = call(HttpMethod.POST, "leave", token, null);
    assertThat(left.status()).isEqualTo(200);
    assertThat(left.body()).isEqualTo(new JsonObject().put("status", "left").put("queue", "sale"));
    assertThat(server.coordinator.asked).containsExactly(new Poll("sale", CLAIM), new Leave("sale", CLAIM.session()));

    server.coordinator.says(command -> new Refused(ErrorReason.RESUME_USED, 0, 1, 4, Quota.NONE));
    server.coordinator.asked.clear();
    Reply used = call(HttpMethod.POST, "leave", token, null);
    assertThat(used.status()).isEqualTo(409);
    assertThat(used.reason()).isEqualTo("used");
    assertThat(used.body().getJsonObject("details")).isEqualTo(new JsonObject().put("attempt", 1).put("attemptsLeft", 4));
    assertThat(server.coordinator.asked).as("nobody left").hasSize(1);

    server.coordinator.says(command -> new Refused(ErrorReason.RESUME_EXPIRED, 0, 0, 0, Quota.NONE));
    assertThat(call(HttpMethod.POST, "leave", token, null).status()).as("it has left already").isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"LINE_FULL, 503, 3000, 3", "TOO_MANY_JOINS, 429, 1001, 2", "TOO_MANY_USER_CONNECTIONS, 429, 0, 1", "MINORITY, 503, 0, 1", "UNKNOWN_QUEUE, 404, 0,"})
  void whatTheCoordinatorRefusesIsAProblem(ErrorReason reason, int status, long retryAfterMs, String retryAfter) {
    start(new TestServer.Options()).coordinator.says(command -> new Refused(reason, retryAfterMs, 0, 0, Quota.NONE));
    Reply reply = join("{}");
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.headers().get("Content-Type")).isEqualTo("application/problem+json");
    assertThat(reply.reason()).isEqualTo(reason.slug());
    assertThat(reply.headers().get("Retry-After")).isEqualTo(retryAfter);
  }

  @Test
  void nobodyWhoLeadsTheQueueIsTheConfiguredChoice() {
    start(new TestServer.Options());
    Reply closed = join("{}");
    assertThat(closed.status()).isEqualTo(503);
    assertThat(closed.reason()).isEqualTo("admission_unavailable");
    assertThat(closed.headers().get("Retry-After")).isEqualTo("2");
    server.close();
    TestServer.Options options = new TestServer.Options();
    options.openWhenUnavailable = true;
    start(options);
    Reply open = join("{}");
    assertThat(open.status()).isEqualTo(200);
    assertThat(open.body().getString("status")).isEqualTo("admitted");
    assertThat(open.body().getValue("resumeToken")).isNull();
  }

  @Test
  void everyCallIsAnsweredInTime() {
    TestServer.Options options = new TestServer.Options();
    options.answerWithin = Duration.ofMillis(200);
    start(options).coordinator.says(command -> command instanceof Poll && server.coordinator.asked.size() > 3 ? new Waiting(CLAIM, STANDING, null, Quota.NONE) : null);
    String token = TestServer.TOKENS.sign("sale", CLAIM);
    List<Reply> replies = List.of(join("{}"), call(HttpMethod.GET, "status", token, null), call(HttpMethod.POST, "heartbeat", token, null),
        call(HttpMethod.POST, "leave", token, null));
    assertThat(replies).allSatisfy(reply -> {
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.reason()).isEqualTo("admission_unavailable");
      assertThat(reply.headers().get("Retry-After")).isEqualTo("2");
    });
    assertThat(server.coordinator.asked).as("it may have left all the same").last().isEqualTo(new Leave("sale", CLAIM.session()));
  }

  @Test
  void badRequestsAreNamed() {
    start(new TestServer.Options());
    assertThat(call(HttpMethod.POST, "join", null, "{}").reason()).isEqualTo("token_missing");
    assertThat(call(HttpMethod.POST, "join", "nonsense", "{}").reason()).isEqualTo("token_malformed");
    assertThat(join("{\"queue\":5}").reason()).isEqualTo("wrong_type");
    assertThat(join("{\"quueue\":\"a\"}").reason()).isEqualTo("unknown_field");
    assertThat(join("{\"queue\":\"" + "a".repeat(65) + "\"}").reason()).isEqualTo("invalid_value");
    assertThat(join("[]").reason()).isEqualTo("not_json");
    assertThat(join("{\"queue\":\"a\"}", "Content-Type", "text/plain").reason()).isEqualTo("media_type");
    assertThat(join("\"" + "a".repeat(20_000) + "\"").status()).isEqualTo(413);
    assertThat(call(HttpMethod.GET, "join", null, null).status()).isEqualTo(405);
    assertThat(call(HttpMethod.GET, "status", null, null).reason()).isEqualTo("token_missing");
    assertThat(server.coordinator.asked).isEmpty();
  }

  @Test
  void tokensThatNobodySignedCountAgainstTheAddressAndGoodOnesDoNot() {
    TestServer.Options options = new TestServer.Options();
    options.ipJoins = 3;
    start(options).coordinator.says(command -> new Waiting(CLAIM, STANDING, null, Quota.NONE));
    String good = TestServer.TOKENS.sign("default", CLAIM);
    String foreign = new ResumeTokens(ResumeSecrets.of("a resume secret of the tests, long enough"), "another cluster").sign("default", CLAIM);
    List<String> forged = List.of("nonsense", good.substring(0, good.length() - 4) + "AAAA", foreign);
    forged.forEach(token -> {
      Reply refused = call(HttpMethod.GET, "status", token, null);
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.reason()).isEqualTo("invalid");
      assertThat(refused.headers().get("X-RateLimit-Remaining")).isEqualTo(Integer.toString(2 - forged.indexOf(token)));
      assertThat(refused.headers().get("RateLimit-Policy")).isEqualTo("\"ip-joins\";q=3;w=60");
    });
    Reply limited = call(HttpMethod.GET, "status", forged.get(0), null);
    assertThat(limited.status()).isEqualTo(429);
    long retryAfter = Long.parseLong(limited.headers().get("Retry-After"));
    assertThat(retryAfter).isBetween(1L, 20L);
    assertThat(limited.headers().get("RateLimit")).isEqualTo("\"ip-joins\";r=0;t=" + retryAfter);
    assertThat(join("{}").status()).as("joins are the same quota").isEqualTo(429);
    assertThat(call(HttpMethod.GET, "status", good, null).status()).as("who holds a good one is unharmed").isEqualTo(202);
    assertThat(call(HttpMethod.GET, "status", good, null).headers().contains("RateLimit")).as("and not limited").isFalse();
    assertThat(server.coordinator.asked).containsOnly(new Poll("default", CLAIM));
  }

  @Test
  void everyJoinSaysHowTheLimitsStand() {
    TestServer.Options options = new TestServer.Options();
    options.ipJoins = 3;
    long resetAt = System.currentTimeMillis() + 50_000;
    start(options).coordinator.says(command -> new Waiting(CLAIM, STANDING, null, new Quota(60, 1, resetAt, 60_000)));
    Reply first = join("{}");
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.headers().get("X-RateLimit-Policy")).as("the user has one left, the address two").isEqualTo("user-joins");
    assertThat(first.headers().get("X-RateLimit-Limit")).isEqualTo("60");
    assertThat(first.headers().get("X-RateLimit-Remaining")).isEqualTo("1");
    assertThat(first.headers().get("X-RateLimit-Window")).isEqualTo("60");
    assertThat(Long.parseLong(first.headers().get("X-RateLimit-Reset"))).isBetween(resetAt / 1_000, resetAt / 1_000 + 2);
    assertThat(first.headers().contains("Retry-After")).isFalse();
    assertThat(StructuredList.parse(first.headers().get("RateLimit-Policy")))
        .isEqualTo(Map.of("ip-joins", Map.of("q", 3L, "w", 60L), "user-joins", Map.of("q", 60L, "w", 60L)));
    var limits = StructuredList.parse(first.headers().get("RateLimit"));
    assertThat(limits.get("ip-joins")).isEqualTo(Map.of("r", 2L, "t", 20L));
    assertThat(limits.get("user-joins").get("r")).isEqualTo(1);
    // A refused token and a malformed body were attempts too.
    assertThat(call(HttpMethod.POST, "join", "nonsense", "{}").headers().get("X-RateLimit-Remaining")).isEqualTo("1");
    assertThat(join("{\"queue\":5}").headers().get("X-RateLimit-Remaining")).isEqualTo("0");
    Reply refused = join("{}");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.reason()).isEqualTo("too_many_joins");
    long retryAfter = Long.parseLong(refused.headers().get("Retry-After"));
    assertThat(retryAfter).isBetween(1L, 20L);
    assertThat(StructuredList.parse(refused.headers().get("RateLimit")).get("ip-joins")).isEqualTo(Map.of("r", 0L, "t", retryAfter));
    assertThat(refused.body().getLong("retryAfterMs")).isPositive();
    List<AdmissionCommand> asked = server.coordinator.asked;
    assertThat(asked).as("one join").hasSize(1);
  }

  private double requests(String call, String outcome) {
    return server.registry.get("vestibule.entry.requests").tags("way", "http", "call", call, "outcome", outcome).counter().count();
  }

  private long timed(String call, String outcome) {
    return server.registry.get("vestibule.entry.duration").tags("way", "http", "call", call, "outcome", outcome).timer().count();
  }

  private double checks(String policy, String outcome) {
    return server.registry.get("vestibule.rate.limit.checks").tags("policy", policy, "outcome", outcome).counter().count();
  }

  @Test
  void whatWasAnsweredIsCountedAndTimed() {
    TestServer.Options options = new TestServer.Options();
    options.ipJoins = 5;
    start(options).coordinator.says(command -> command instanceof Leave ? new Done() : new Waiting(CLAIM, STANDING, null, new Quota(60, 1, 0, 60_000)));
    String token = join("{}").body().getString("resumeToken");
    server.coordinator.says(command -> new Refused(ErrorReason.TOO_MANY_JOINS, 1_000, 0, 0, new Quota(60, 0, 0, 60_000)));
    join("{}");
    call(HttpMethod.POST, "join", "nonsense", "{}");
    join("{\"queue\":5}");
    server.coordinator.says(command -> command instanceof Leave ? new Done() : new Admitted(CLAIM, false, 0, 0, null, Quota.NONE));
    call(HttpMethod.GET, "status", token, null);
    call(HttpMethod.POST, "heartbeat", "forged", null);
    join("{}");
    call(HttpMethod.POST, "leave", token, null);
    TestServer.eventually(() -> timed("leave", "2xx") == 1);
    assertThat(requests("join", "queued")).isEqualTo(1);
    assertThat(requests("join", "too_many_joins")).isEqualTo(2);
    assertThat(requests("join", "token_malformed")).isEqualTo(1);
    assertThat(requests("join", "wrong_type")).isEqualTo(1);
    assertThat(requests("status", "admitted")).isEqualTo(1);
    assertThat(requests("heartbeat", "invalid")).isEqualTo(1);
    assertThat(requests("leave", "left")).isEqualTo(1);
    assertThat(timed("join", "2xx")).isEqualTo(1);
    assertThat(timed("join", "4xx")).isEqualTo(4);
    assertThat(checks("user-joins", "passed")).isEqualTo(1);
    assertThat(checks("user-joins", "limited")).isEqualTo(1);
    assertThat(checks("ip-joins", "passed")).as("four joins and a forged token").isEqualTo(5);
    assertThat(checks("ip-joins", "limited")).isEqualTo(1);
  }

  @Test
  void aDrainingNodeTakesNobodyAndForgetsNobody() {
    start(new TestServer.Options()).coordinator.says(command -> new Waiting(CLAIM, STANDING, null, Quota.NONE));
    server.drain.execute(new Drain(60_000, true));
    Reply refused = join("{}");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.reason()).isEqualTo("draining");
    assertThat(refused.headers().get("Retry-After")).isEqualTo("30");
    assertThat(call(HttpMethod.GET, "status", TestServer.TOKENS.sign("default", CLAIM), null).status()).isEqualTo(202);
  }
}
