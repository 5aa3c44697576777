package io.vestibule.gateway.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vestibule.contract.config.DurationText;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.JsonValue;
import io.vestibule.gateway.api.Members;
import io.vestibule.gateway.auth.TokenMinter;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code POST /dev/token}: a token for whoever asks, in development mode only. The listener is on loopback then, but browsers are on loopback too, so pages
 * from elsewhere must not get one: the {@code Host} has to be this machine (a stranger's name may have been made to resolve to it), and the page one of
 * ours.
 */
final class DevelopmentTokens {
  private static final long MAX_BODY = 16 * 1024;
  private static final int MAX_DEPTH = 8;
  private static final Duration DEFAULT_TTL = Duration.ofHours(1);
  private static final Duration LONGEST_TTL = Duration.ofDays(30);
  private static final Set<String> FIELDS = Set.of("sub", "caps", "info", "ttl");

  // RFC 1122 3.2.1.3 (127/8), RFC 4291 2.5.3 (::1), RFC 6761 6.3 (localhost and what is under it).
  private static final Pattern LOOPBACK = Pattern.compile("(?i)([a-z0-9-]+\\.)*localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

  private final TokenMinter minter;
  private final HttpServices services;
  private final JsonReader reader = new JsonReader(MAX_DEPTH);

  DevelopmentTokens(TokenMinter minter, HttpServices services) {
    this.minter = minter;
    this.services = services;
  }

  void mount(Router router) {
    router.post("/dev/token").handler(this::check);
    router.post("/dev/token").handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
    router.post("/dev/token").handler(this::mint);
  }

  private void check(RoutingContext routed) {
    Exchange.of(routed).calls("dev-token");
    HttpServerRequest request = routed.request();
    HostAndPort authority = request.authority();
    if (authority == null || !LOOPBACK.matcher(authority.host()).matches() || !services.origins().isSameOrNone(request)) {
      routed.fail(Failure.of(ErrorReason.FORBIDDEN_ORIGIN, "Development tokens are for this machine and its own page only."));
    } else {
      routed.next();
    }
  }

  private void mint(RoutingContext routed) {
    try {
      Members asked = Members.of(reader.read(JsonBody.of(routed).getBytes()), FIELDS);
      String sub = asked.required("sub").string();
      JsonObject more = new JsonObject();
      addObject(more, "caps", asked);
      addObject(more, "info", asked);
      ApiRoutes.respond(routed, new JsonObject().put("token", minted(sub, ttl(asked), more)));
    } catch (Failure refused) {
      routed.fail(refused);
    }
  }

  private String minted(String sub, Duration ttl, JsonObject more) {
    try {
      return minter.mint(sub, ttl, more, services.epochMs().getAsLong());
    } catch (Failure refused) {
      // Nobody has shown a bad token here; somebody has asked for one.
      Failure invalid = Failure.of(ErrorReason.INVALID_VALUE, refused.getMessage());
      Object field = refused.details().get("field");
      throw field == null ? invalid : invalid.with("field", field);
    }
  }

  private static void addObject(JsonObject claims, String name, Members asked) {
    JsonValue value = asked.optional(name);
    if (value != null) {
      value.members();
      claims.put(name, new JsonObject(value.raw()));
    }
  }

  private static Duration ttl(Members asked) {
    String text = asked.text("ttl");
    if (text == null) {
      return DEFAULT_TTL;
    }
    try {
      Duration ttl = DurationText.parse(text);
      if (ttl.compareTo(Duration.ofSeconds(1)) >= 0 && ttl.compareTo(LONGEST_TTL) <= 0) {
        return ttl;
      }
    } catch (IllegalArgumentException notADuration) {
      // Said below, with the bounds.
    }
    throw Failure.ofField(ErrorReason.INVALID_VALUE, "ttl", "The field 'ttl' must be " + DurationText.EXPECTED + ", from 1s to 30d.");
  }
}
