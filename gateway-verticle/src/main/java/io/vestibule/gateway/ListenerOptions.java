package io.vestibule.gateway;

import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;

/** The listener as configured. */
final class ListenerOptions {
  private static final int BACKLOG = 4096;
  private static final int GOODBYE_SECONDS = 4;

  private ListenerOptions() {}

  static HttpServerOptions of(GatewayConfig.Sockets config) {
    GatewayConfig.Http http = config.http();
    HttpServerOptions options = new HttpServerOptions()
        .setHost(http.host())
        .setAcceptBacklog(BACKLOG)
        .setIdleTimeout((int) http.idleTimeout().toSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setMaxHeaderSize((int) http.maxHeaderSize())
        .setMaxInitialLineLength((int) http.maxInitialLine())
        .setHttp2ClearTextEnabled(false)
        .setMaxWebSocketFrameSize((int) config.websocket().maxFrame())
        .setMaxWebSocketMessageSize((int) config.websocket().maxMessage())
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setWebSocketClosingTimeout(GOODBYE_SECONDS);
    if (http.tls().enabled()) {
      options.setSsl(true).setUseAlpn(false).setKeyCertOptions(http.tls().keys());
    }
    return options;
  }
}
