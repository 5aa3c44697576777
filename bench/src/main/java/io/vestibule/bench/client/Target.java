package io.vestibule.bench.client;

import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * The server under test and how connections to it are opened.
 *
 * @param uri {@code ws://host:port/path} or {@code wss://...}
 * @param tls for {@code wss}, else null
 * @param sources local addresses
 * @param connectRate connections begun in a second, at most
 * @param handshakes connections that may be between connect and ready at a time
 * @param handshakeTimeout from connect to ready, for each
 */
public record Target(
    URI uri, SslContext tls, SourceAddresses sources, int connectRate, int handshakes, Duration handshakeTimeout) {

  public Target {
    if (uri.getHost() == null || !("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme()))) {
      throw new IllegalArgumentException("not a ws:// or wss:// URL: " + uri);
    }
    if (connectRate < 1 || handshakes < 1) {
      throw new IllegalArgumentException("connectRate and handshakes must be at least 1");
    }
  }

  /** A plain target with the default pace: 2,000 connections a second, 256 handshakes at a time, 10 s for each. */
  public static Target of(URI uri, SourceAddresses sources) {
    return new Target(uri, null, sources, 2000, 256, Duration.ofSeconds(10));
  }

  /** Where to connect, resolved; unresolved when the name is unknown. */
  InetSocketAddress address() {
    int port = uri.getPort() >= 0 ? uri.getPort() : tls == null ? 80 : 443;
    return new InetSocketAddress(uri.getHost(), port);
  }
}
