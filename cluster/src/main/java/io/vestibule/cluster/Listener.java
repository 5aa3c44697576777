package io.vestibule.cluster;

import io.vertx.core.Handler;
import io.vertx.core.eventbus.Message;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.function.Function;

/** Hears one broadcast address. A message that cannot be decoded or handled is logged and counted, and the next one comes. */
final class Listener<T> implements Handler<Message<T>> {
  private static final EventLog LOG = EventLog.of(Bus.class);

  private final String address;
  private final Function<Message<T>, String> correlation;
  private final MessageHandler<T> handler;
  private final BusMeters meters;

  Listener(String address, Function<Message<T>, String> correlation, MessageHandler<T> handler, BusMeters meters) {
    this.address = address;
    this.correlation = correlation;
    this.handler = handler;
    this.meters = meters;
  }

  @Override
  public void handle(Message<T> message) {
    String correlationId = correlation.apply(message);
    try {
      handler.handle(message.body(), correlationId);
    } catch (RuntimeException thrown) {
      meters.requests(address).refused(ErrorReason.INTERNAL);
      LOG.error(LogEvent.BUS_FAILURE, correlationId).with(LogKey.ADDRESS, address).cause(thrown).write();
    }
  }
}
