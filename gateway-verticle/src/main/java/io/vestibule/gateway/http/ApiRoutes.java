package io.vestibule.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.gateway.api.CallName;
import io.vestibule.gateway.api.CallReader;
import io.vestibule.gateway.api.Caller;
import io.vestibule.gateway.api.HistoryReader;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.MembersReader;
import io.vestibule.gateway.api.PresenceReader;
import io.vestibule.gateway.api.ServerCall;
import java.util.function.Supplier;

/** {@code POST /api/*}, {@code GET /api/presence/:topic}, {@code GET /api/members}, {@code GET /api/history/:topic} and {@code GET /events/stats}: who calls is looked at first, and only then is the body taken in. */
final class ApiRoutes {
  private static final String CALLER = "caller";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private final HttpServices services;
  private final RefusedCalls refusedCalls;
  private final ApiAuthentication authentication;
  private final CallReader reader;

  ApiRoutes(HttpServices services, RefusedCalls refusedCalls) {
    this.services = services;
    this.refusedCalls = refusedCalls;
    this.authentication = new ApiAuthentication(services.apiKeys(), services.verifier());
    this.reader = new CallReader(new JsonReader(services.config().gateway().limits().maxDepth()));
  }

  void mount(Router router) {
    router.route("/api/*").handler(new Cors(services.origins())::handle);
    for (CallName call : CallName.values()) {
      String path = call.path();
      router.post(path).handler(routed -> authenticate(call, routed));
      router.post(path).handler(BodyHandler.create(false).setBodyLimit(services.config().gateway().http().maxBody()));
      router.post(path).handler(routed -> execute(call, routed));
    }
    router.get("/api/presence/:topic").handler(routed -> authenticate(CallName.PRESENCE_GET, routed)).handler(this::presence);
    router.get("/events/stats").handler(routed -> authenticate(CallName.STATS, routed)).handler(routed -> stats(routed, "events"));
    router.get("/api/members").handler(routed -> authenticate(CallName.MEMBERS_GET, routed)).handler(this::membersOfUser);
    router.get("/api/members/:topic").handler(routed -> authenticate(CallName.MEMBERS_GET, routed)).handler(this::members);
    router.get("/messages/stats").handler(routed -> authenticate(CallName.STATS, routed)).handler(routed -> stats(routed, "messages"));
    router.get("/api/history/:topic").handler(routed -> authenticate(CallName.HISTORY, routed)).handler(this::history);
  }

  /** A retry of a publication by a client that does not name its messages. */
  private static ServerCall withKey(ServerCall call, RoutingContext routed) {
    String key = routed.request().getHeader(IDEMPOTENCY_KEY);
    if (key == null) {
      return call;
    }
    if (call instanceof ServerCall.Publish publish && publish.payload().messageId() == null) {
      return new ServerCall.Publish(publish.topic(), named(publish.payload(), key));
    }
    if (call instanceof ServerCall.Broadcast broadcast && broadcast.payload().messageId() == null) {
      return new ServerCall.Broadcast(broadcast.topics(), named(broadcast.payload(), key));
    }
    return call;
  }

  private static ServerCall.Payload named(ServerCall.Payload payload, String key) {
    return payload.withMessageId(CallReader.requireName(IDEMPOTENCY_KEY, key));
  }

  private void authenticate(CallName call, RoutingContext routed) {
    Exchange.of(routed).calls(call.word());
    routed.addEndHandler(ended -> count(call, routed, ended.succeeded()));
    // Verification may take its time; meanwhile the body waits in the network.
    routed.request().pause();
    authentication.callerOf(routed.request()).map(caller -> {
      caller.require(call);
      return caller;
    }).onComplete(caller -> {
      routed.put(CALLER, caller);
      routed.next();
    }, refused -> refuse(routed, refused));
  }

  private void count(CallName call, RoutingContext routed, boolean answered) {
    long nanos = Exchange.of(routed).nanos();
    if (answered) {
      services.calls().answered(call, routed.response().getStatusCode(), nanos);
    } else {
      services.calls().aborted(call, nanos);
    }
  }

  private void refuse(RoutingContext routed, Throwable refused) {
    if (refused instanceof Failure failure) {
      services.meters().authFailed(failure.reason());
      refusedCalls.tell(routed, LogEvent.AUTH_FAILED, failure.reason(), routed.request().remoteAddress().hostAddress());
    }
    routed.fail(refused);
  }

  private void execute(CallName call, RoutingContext routed) {
    execute(routed, () -> withKey(reader.read(call, JsonBody.of(routed).getBytes()), routed));
  }

  private void presence(RoutingContext routed) {
    execute(routed, () -> PresenceReader.ofQuery(routed.pathParam("topic"), routed.queryParams()));
  }

  private void members(RoutingContext routed) {
    execute(routed, () -> MembersReader.ofTopic(routed.pathParam("topic"), routed.queryParams()));
  }

  private void membersOfUser(RoutingContext routed) {
    execute(routed, () -> MembersReader.ofQuery(routed.queryParams()));
  }

  private void history(RoutingContext routed) {
    execute(routed, () -> HistoryReader.ofQuery(routed.pathParam("topic"), routed.queryParams()));
  }

  private void stats(RoutingContext routed, String feed) {
    execute(routed, () -> CallReader.statsOf(feed, routed.queryParams()));
  }

  private void execute(RoutingContext routed, Supplier<ServerCall> call) {
    try {
      services.api().execute(call.get(), routed.<Caller>get(CALLER), Exchange.of(routed).correlationId())
          .onComplete(answer -> respond(routed, answer), routed::fail);
    } catch (Failure malformed) {
      routed.fail(malformed);
    }
  }

  static void respond(RoutingContext routed, JsonObject answer) {
    if (!routed.response().closed()) {
      Pages.end(routed.response().putHeader(HttpHeaders.CONTENT_TYPE, JsonBody.MEDIA_TYPE).putHeader(HttpHeaders.CACHE_CONTROL, "no-store"),
          answer.toBuffer());
    }
  }
}
