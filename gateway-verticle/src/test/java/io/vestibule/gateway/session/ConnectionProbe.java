package io.vestibule.gateway.session;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.transport.OutboundFrame;
import io.vestibule.gateway.transport.Transport;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.Consumer;

/** Connections of nobody, without a socket. */
public final class ConnectionProbe {
  private ConnectionProbe() {}

  /**
   * One that takes everything.
   *
   * @param sent is told of each frame
   */
  public static Connection open(LoopClock clock, Consumer<JsonObject> sent) {
    var settings = new ConnectionSettings(60_000, 60_000, 60_000, 60_000, 0, 1 << 20, 1 << 20, 10, 10, 0, null, null, 0);
    var meters = new GatewayMeters(new SimpleMeterRegistry());
    var loop = new ConnectionLoop(settings, clock, meters, new Subscriptions(null, null, null, null, null, null, null, meters, 0), null, null, gone -> { });
    Transport transport = (Transport) Proxy.newProxyInstance(Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
      if (Set.of("send", "deliver").contains(method.getName())) {
        sent.accept(((OutboundFrame) arguments[0]).json().toJsonObject());
      }
      return method.getReturnType() == long.class ? (Object) 0L : method.getReturnType() == boolean.class ? (Object) false : method.getReturnType() == String.class ? "websocket" : null;
    });
    return loop.open(transport, "nowhere");
  }
}
