package io.vestibule.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.limit.ClientAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * From which pages browsers may come. A browser opens a WebSocket to any server for any page, so the server has to ask (RFC 6455, section 10.2): pages of
 * its own always may, others where {@code gateway.http.allowed-origins} lists them, and whoever sends no {@code Origin} is no browser. Immutable, any
 * thread.
 */
public final class OriginPolicy {
  /** The entry that stands for all origins. */
  public static final String EVERYBODY = "*";

  private static final String FORWARDED_PROTO = "X-Forwarded-Proto";

  private final boolean everybody;
  private final Set<Origin> listed;
  private final ClientAddress proxies;

  /** The policy as configured; the configuration has checked the entries. */
  public OriginPolicy(GatewayConfig.Http config) {
    everybody = config.allowedOrigins().contains(EVERYBODY);
    listed = config.allowedOrigins().stream().map(Origin::parse).flatMap(Optional::stream).collect(Collectors.toUnmodifiableSet());
    proxies = new ClientAddress(config.trustedProxies());
  }

  /** Whether this may stand in {@code gateway.http.allowed-origins}. */
  public static boolean isEntry(String text) {
    return text.equals(EVERYBODY) || Origin.parse(text).isPresent();
  }

  /** Whether the page that makes this request may connect. */
  public boolean permits(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return origin == null || lists(origin) || isSame(request);
  }

  /** Whether the request comes from a page of this server's own, or from no page at all. */
  public boolean isSameOrNone(HttpServerRequest request) {
    return request.getHeader(HttpHeaders.ORIGIN) == null || isSame(request);
  }

  /** Whether the configuration lists an origin, or all of them. */
  public boolean lists(String origin) {
    return everybody || Origin.parse(origin).filter(listed::contains).isPresent();
  }

  /** Whether the configuration lists all origins. */
  public boolean everybody() {
    return everybody;
  }

  private boolean isSame(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null || request.headers().getAll(HttpHeaders.ORIGIN).size() != 1) {
      return false;
    }
    Origin own = Origin.of(scheme(request), authority.host(), authority.port());
    return Origin.parse(request.getHeader(HttpHeaders.ORIGIN)).filter(own::equals).isPresent();
  }

  /** How the browser speaks to this server: what the last proxy says of it, where the proxy is one of ours. */
  private String scheme(HttpServerRequest request) {
    String forwarded = request.getHeader(FORWARDED_PROTO);
    if (forwarded != null && proxies.trusts(request.remoteAddress().hostAddress())) {
      String nearest = forwarded.substring(forwarded.lastIndexOf(',') + 1).strip().toLowerCase(Locale.ROOT);
      return nearest.equals("https") || nearest.equals("wss") ? "https" : "http";
    }
    return request.isSSL() ? "https" : "http";
  }
}
