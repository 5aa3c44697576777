package io.vestibule.gateway.fanout;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.metrics.GatewayMeters;

/** Publishes to topics that are not durable: encodes the frame once and sends it to every gateway instance. One for each event loop. */
public final class FanPublisher implements Publisher {
  private static final Future<Published> DONE = Future.succeededFuture(Published.UNKEPT);

  private final FrameEncoder encoder;
  private final Bus bus;
  private final GatewayMeters meters;

  public FanPublisher(FrameEncoder encoder, Bus bus, GatewayMeters meters) {
    this.encoder = encoder;
    this.bus = bus;
    this.meters = meters;
  }

  @Override
  public Future<Published> publish(Publication publication, String correlationId) {
    meters.published();
    bus.publish(Addresses.FAN, new FanMessage(publication.topic(), encoder.message(publication), publication.exceptConnection()),
        correlationId);
    return DONE;
  }
}
