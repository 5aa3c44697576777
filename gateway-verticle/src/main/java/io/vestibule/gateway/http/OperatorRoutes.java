package io.vestibule.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.config.DurationText;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.JsonValue;
import io.vestibule.gateway.api.Members;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.frame.Timestamps;
import io.vestibule.gateway.operator.DrainOrders.Target;
import io.vestibule.gateway.operator.NodeList;
import io.vestibule.gateway.operator.OperatorServices;
import io.vestibule.gateway.transport.Credentials;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/** {@code /api/admin/*}: for holders of a token that says {@code admin: true}, and for no API key: keys are for servers, not for people. One for each event loop. */
final class OperatorRoutes {
  private static final String PATH = "/api/admin/";
  private static final int MAX_DEPTH = 4;
  private static final long MAX_BODY = 16 * 1024;
  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_ID = 1_024;
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(60);
  private static final Duration LONGEST_DEADLINE = Duration.ofHours(1);
  private static final Buffer NOTHING = Buffer.buffer("{}".getBytes(StandardCharsets.US_ASCII));
  private static final EventLog LOG = EventLog.of(OperatorRoutes.class);

  private final HttpServices services;
  private final RefusedCalls refusedCalls;
  private final OperatorServices operators;
  private final JsonReader reader = new JsonReader(MAX_DEPTH);

  OperatorRoutes(HttpServices services, RefusedCalls refusedCalls) {
    this.services = services;
    this.refusedCalls = refusedCalls;
    this.operators = services.operators();
  }

  /** A call: its body is read, and what it is to do is done. */
  private interface Call {
    Future<JsonObject> answer(JsonValue body, String correlationId);
  }

  void mount(Router router) {
    mount(router, HttpMethod.GET, "queues", (none, flow) -> operators.queues().status(flow));
    mount(router, HttpMethod.GET, "nodes", (none, flow) -> Future.succeededFuture(NodeList.of(operators.membership().view(), operators.loads())));
    mount(router, HttpMethod.POST, "capacity", this::capacity);
    mount(router, HttpMethod.POST, "revoke", this::revoke);
    mount(router, HttpMethod.POST, "queues/pause", (body, flow) -> pause(body, true, flow));
    mount(router, HttpMethod.POST, "queues/resume", (body, flow) -> pause(body, false, flow));
    mount(router, HttpMethod.POST, "drain", this::drain);
    mount(router, HttpMethod.POST, "undrain", this::undrain);
  }

  private void mount(Router router, HttpMethod method, String name, Call call) {
    router.route(method, PATH + name).handler(routed -> authenticate(name, routed));
    if (method == HttpMethod.POST) {
      router.post(PATH + name).handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
    }
    router.route(method, PATH + name).handler(routed -> execute(call, routed));
  }

  private void authenticate(String name, RoutingContext routed) {
    Exchange.of(routed).calls("admin-" + name);
    String token = Credentials.bearer(routed.request().headers());
    if (token == null) {
      refuse(routed, Failure.of(ErrorReason.TOKEN_MISSING));
      return;
    }
    routed.request().pause();
    services.verifier().verify(token).compose(claims -> claims.admin()
        ? Future.succeededFuture(claims)
        : Future.<Claims>failedFuture(Failure.of(ErrorReason.FORBIDDEN_CALL, "This call is for operators: the token has to say admin: true.")))
        .onComplete(operator -> {
          LOG.info(LogEvent.OPERATOR_CALL, Exchange.of(routed).correlationId()).with(LogKey.CALL, name).with(LogKey.USER, operator.userId()).write();
          routed.next();
        }, refused -> refuse(routed, refused));
  }

  private void refuse(RoutingContext routed, Throwable refused) {
    if (refused instanceof Failure failure) {
      services.meters().authFailed(failure.reason());
      refusedCalls.tell(routed, LogEvent.AUTH_FAILED, failure.reason(), routed.request().remoteAddress().hostAddress());
    }
    routed.fail(refused);
  }

  private void execute(Call call, RoutingContext routed) {
    try {
      Buffer body = routed.body() == null ? null : routed.body().buffer();
      JsonValue asked = reader.read((body == null || body.length() == 0 ? NOTHING : JsonBody.of(routed)).getBytes());
      call.answer(asked, Exchange.of(routed).correlationId()).onComplete(answer -> ApiRoutes.respond(routed, answer), routed::fail);
    } catch (Failure malformed) {
      routed.fail(malformed);
    }
  }

  private Future<JsonObject> capacity(JsonValue body, String correlationId) {
    Members asked = Members.of(body, Set.of("queue", "capacity", "admissionsPerSecond"));
    String queue = asked.requiredText("queue", LONGEST_NAME);
    JsonValue capacity = asked.optional("capacity");
    JsonValue perSecond = asked.optional("admissionsPerSecond");
    if (capacity == null && perSecond == null) {
      throw Failure.ofField(ErrorReason.MISSING_FIELD, "capacity", "One of the fields 'capacity' and 'admissionsPerSecond' is required.");
    }
    return operators.queues().order(new QueueOrder.Capacity(queue, size(capacity), size(perSecond)), correlationId);
  }

  private static int size(JsonValue value) {
    return value == null ? -1 : value.integer(0, Integer.MAX_VALUE);
  }

  private Future<JsonObject> pause(JsonValue body, boolean paused, String correlationId) {
    String queue = Members.of(body, Set.of("queue")).requiredText("queue", LONGEST_NAME);
    return operators.queues().order(new QueueOrder.Pause(queue, paused), correlationId);
  }

  private Future<JsonObject> revoke(JsonValue body, String correlationId) {
    Members asked = Members.of(body, Set.of("userId", "sessionId"));
    boolean user = asked.optional("userId") != null;
    if (user == (asked.optional("sessionId") != null)) {
      throw Failure.ofField(user ? ErrorReason.INVALID_VALUE : ErrorReason.MISSING_FIELD, "userId", "Exactly one of the fields 'userId' and 'sessionId' is required.");
    }
    String id = asked.requiredText(user ? "userId" : "sessionId", LONGEST_ID);
    return operators.queues().revoke(user ? new QueueOrder.Revoke(id, null) : new QueueOrder.Revoke(null, id), correlationId);
  }

  private Future<JsonObject> drain(JsonValue body, String correlationId) {
    Members asked = Members.of(body, Set.of("node", "deadline", "cluster"));
    Target target = target(asked);
    Duration within = deadline(asked.text("deadline", LONGEST_NAME));
    String deadline = new Timestamps().of(services.epochMs().getAsLong() + within.toMillis());
    return operators.drains().order(target, new GatewayCommand.Drain(within.toMillis(), target.cluster()), correlationId)
        .map(done -> done.put("deadline", deadline));
  }

  private Future<JsonObject> undrain(JsonValue body, String correlationId) {
    return operators.drains().order(target(Members.of(body, Set.of("node", "cluster"))), new GatewayCommand.Undrain(), correlationId);
  }

  private static Target target(Members asked) {
    boolean cluster = asked.flag("cluster");
    String node = asked.optional("node") == null ? null : asked.requiredText("node", LONGEST_ID);
    if (cluster && node != null) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "node", "Of the fields 'node' and 'cluster' only one may be there.");
    }
    return new Target(node, cluster);
  }

  private static Duration deadline(String text) {
    try {
      Duration within = text == null ? DEFAULT_DEADLINE : DurationText.parse(text);
      if (!within.isNegative() && within.compareTo(LONGEST_DEADLINE) <= 0) {
        return within;
      }
    } catch (IllegalArgumentException notADuration) {
      // Said below, with the bounds.
    }
    throw Failure.ofField(ErrorReason.INVALID_VALUE, "deadline", "The field 'deadline' must be " + DurationText.EXPECTED + ", from 0s to 1h.");
  }
}
