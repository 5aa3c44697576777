package io.vestibule.cluster;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.CorrelationId;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.Objects;
import java.util.function.Function;

/**
 * Answers one address: decodes, asks the handler, replies or fails. Whatever goes wrong is an answer, so that no caller has to
 * wait for its deadline to learn of it.
 */
final class Responder<B, Q, R> implements Handler<Message<B>> {
  private static final EventLog LOG = EventLog.of(Bus.class);

  private final String address;
  private final RequestHandler<Q, R> handler;
  private final DeliveryOptions reply;
  private final BusMeters meters;
  private final Function<Message<B>, Q> body;

  Responder(String address, RequestHandler<Q, R> handler, DeliveryOptions reply, BusMeters meters,
      Function<Message<B>, Q> body) {
    this.address = address;
    this.handler = handler;
    this.reply = reply;
    this.meters = meters;
    this.body = body;
  }

  @Override
  public void handle(Message<B> message) {
    String correlationId = CorrelationId.orFresh(message.headers().get(Bus.CORRELATION_ID));
    Future<R> answer;
    try {
      answer = Objects.requireNonNull(handler.answer(body.apply(message), correlationId), "the handler answered nothing");
    } catch (RuntimeException thrown) {
      answer = Future.failedFuture(thrown);
    }
    answer.onComplete(result -> reply(message, correlationId, result), thrown -> fail(message, correlationId, thrown));
  }

  /** A null has no form on the wire, and a remote reply is encoded where nobody would hear of it. */
  private void reply(Message<B> message, String correlationId, R result) {
    try {
      message.reply(Objects.requireNonNull(result, "the reply is null"), reply);
    } catch (RuntimeException thrown) {
      fail(message, correlationId, thrown);
    }
  }

  private void fail(Message<B> message, String correlationId, Throwable thrown) {
    Failure failure;
    if (thrown instanceof Failure known) {
      failure = known;
    } else {
      LOG.error(LogEvent.BUS_FAILURE, correlationId).with(LogKey.ADDRESS, address).cause(thrown).write();
      failure = Failure.of(ErrorReason.INTERNAL);
    }
    meters.requests(address).refused(failure.reason());
    message.fail(failure.reason().code(), BusFailures.toMessage(failure));
  }
}
