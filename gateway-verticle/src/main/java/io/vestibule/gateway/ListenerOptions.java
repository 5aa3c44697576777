package io.vestibule.gateway;

import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PfxOptions;
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
    GatewayConfig.Tls tls = http.tls();
    if (!tls.certificate().isEmpty()) {
      options.setSsl(true).setUseAlpn(false)
          .setKeyCertOptions(new PemKeyCertOptions().addCertPath(tls.certificate()).addKeyPath(tls.key()));
    } else if (!tls.keystore().isEmpty()) {
      options.setSsl(true).setUseAlpn(false)
          .setKeyCertOptions(new PfxOptions().setPath(tls.keystore()).setPassword(tls.password()));
    }
    return options;
  }
}
