package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes the requests of a SockJS session wait for each other. A session is shared by all event loops, and Vert.x marks it as opened only after the opening frame has left: a client that is
 * quick to poll again on another loop would be opened twice, which to it means that the server has lost its session. The wait is that of a synchronous handler, microseconds.
 *
 * <p>It is also shared by all endpoints, and asks of its later requests nothing but its id: here they must come to the endpoint, and from the user, that opened it. And it keeps what is posted while nobody reads it: see {@link Intake}. Which connections
 * carry it is seen here, too. One for a node; thread-safe.
 */
public final class SessionLocks {
  private static final int STRIPES = 256;
  /** Where Vert.x keeps the sessions of all endpoints. */
  private static final String SESSIONS = "_vertx.sockjssessions";
  /** The request parameter that Vert.x takes a session's id from: the path's, unless the client sends one of that name itself. */
  private static final String SESSION_PARAMETER = "param0";
  private static final String OWNER = "sockjs.owner";
  private static final long RETRY_AFTER_MS = 1_000;

  /** What a session sends leaves with the answer to these; a WebSocket is a session by itself. */
  private static final Set<String> CARRYING = Set.of("POST xhr", "POST xhr_streaming", "GET eventsource");

  private final Object[] stripes = Stream.generate(Object::new).limit(STRIPES).toArray();
  private final long patienceMs;

  /**
   * The sessions of a node.
   *
   * @param patienceMs for so long a peer may take nothing of what waits for it
   */
  public SessionLocks(long patienceMs) {
    this.patienceMs = patienceMs;
  }

  /**
   * Stands before a SockJS endpoint, whichever dialect it speaks.
   *
   * @param path where the endpoint is, without a slash at its end
   * @param user whom a request comes from; empty where the endpoint's requests do not say so
   */
  public void mount(Router router, String path, Function<RoutingContext, String> user) {
    // Vert.x closes the connection behind each answer to a poll (RFC 9112, section 9.6: say so), or a client sends its next request into the closing socket.
    router.postWithRegex(path + "/[^/]+/[^/]+/xhr").handler(rc -> {
      rc.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      rc.next();
    });
    router.routeWithRegex(path + "/[^/]+/(?<session>[^/]+)/(?<way>.*)").handler(rc -> {
      String session = rc.pathParam("session");
      if (!session.equals(rc.request().getParam(SESSION_PARAMETER))) {
        rc.fail(Failure.ofField(ErrorReason.INVALID_VALUE, SESSION_PARAMETER, "This parameter has a meaning of its own here."));
      } else {
        rc.put(OWNER, path + "/" + user.apply(rc));
        Intake.attach(rc);
        Carriers.attach(rc);
        next(rc, session);
      }
    });
  }

  /** Remembers a connection that carries a session from now on, and sees to its end. */
  private void carry(RoutingContext routed, RoutingContext opening) {
    if (CARRYING.contains(routed.request().method() + " " + routed.pathParam("way"))) {
      Carriers.of(opening).add(routed.request().connection());
      Parting.watch(routed, patienceMs);
    }
  }

  /** Goes on with a request when no other of its session is being handled. */
  private void next(RoutingContext routed, String session) {
    synchronized (stripes[Math.floorMod(session.hashCode(), STRIPES)]) {
      // A session remembers the request that opened it.
      RoutingContext opening = routed.vertx().sharedData().getLocalMap(SESSIONS).get(session) instanceof SockJSSocket opened ? opened.routingContext() : null;
      if (opening != null && !routed.<String>get(OWNER).equals(opening.get(OWNER))) {
        routed.fail(Failure.of(ErrorReason.TOKEN_OTHER_USER));
      } else if (opening != null && !Intake.of(opening).takes(routed.body().length())) {
        routed.fail(Failure.of(ErrorReason.RATE_LIMITED).retryAfter(RETRY_AFTER_MS));
      } else {
        carry(routed, opening == null ? routed : opening);
        routed.next();
      }
    }
  }
}
