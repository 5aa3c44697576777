package io.vestibule.gateway.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * An origin (RFC 6454), with its port written out, so that two of them are the same where they are equal.
 *
 * @param scheme {@code http} or {@code https}
 * @param host in lower case; an IPv6 address in brackets
 */
public record Origin(String scheme, String host, int port) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** An origin of a scheme, a host and a port, which is negative where the scheme's own is meant. */
  static Origin of(String scheme, String host, int port) {
    String lower = scheme.toLowerCase(Locale.ROOT);
    return new Origin(lower, host.toLowerCase(Locale.ROOT), port >= 0 ? port : lower.equals("https") ? HTTPS : HTTP);
  }

  /** Reads what a browser sends in {@code Origin}, or what a configuration lists; empty for anything else, {@code null} and a path behind the host too. */
  public static Optional<Origin> parse(String text) {
    try {
      URI uri = new URI(text);
      boolean plain = ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
          && uri.getHost() != null && uri.getUserInfo() == null
          && "".equals(uri.getPath()) && uri.getQuery() == null && uri.getFragment() == null;
      return plain ? Optional.of(of(uri.getScheme(), uri.getHost(), uri.getPort())) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
