package io.vestibule.gateway.http;

import io.vertx.ext.web.Router;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.api.CallMeters;
import io.vestibule.gateway.api.ServerApi;
import io.vestibule.gateway.auth.ApiKeys;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.operator.OperatorServices;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What the routes of an event loop need.
 *
 * @param api this event loop's
 * @param verifier this event loop's
 * @param development mints tokens for whoever asks; present in development mode only
 * @param epochMs Unix milliseconds
 * @param operations routes of the node's own (health, metrics) that this listener serves too
 */
public record HttpServices(
    GatewayConfig config,
    ServerApi api,
    TokenVerifier verifier,
    ApiKeys apiKeys,
    OriginPolicy origins,
    Optional<TokenMinter> development,
    LongSupplier epochMs,
    List<Consumer<Router>> operations,
    GatewayMeters meters,
    CallMeters calls,

    WaitingServices waiting,
    OperatorServices operators) {
  public HttpServices {
    operations = List.copyOf(operations);
  }
}
