package io.vestibule.gateway.api;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.List;
import java.util.stream.Stream;

/**
 * The server API on the event bus: the same bodies and answers as over HTTP, from any verticle of the cluster, which is trusted as a server is. One for
 * an event loop, that of its {@link ServerApi}; those of all nodes take turns.
 */
public final class BusApi {
  private static final int OK = 200;
  private static final EventLog LOG = EventLog.of(BusApi.class);

  private final ServerApi api;
  private final CallReader reader;
  private final CallMeters meters;

  public BusApi(ServerApi api, CallReader reader, CallMeters meters) {
    this.api = api;
    this.reader = reader;
    this.meters = meters;
  }

  /**
   * Answers to the addresses of all calls, on the calling context.
   *
   * @return the registration of all of them, once the cluster knows of them
   */
  public Future<Registration> serve(Bus bus) {
    List<Future<Registration>> all = Stream.of(CallName.values())
        .map(call -> bus.serveJson(call.address(), (body, correlationId) -> answer(call, body, correlationId))).toList();
    return Future.all(all).map(served -> () -> Future.join(all.stream().map(one -> one.result().close()).toList()).mapEmpty());
  }

  private Future<JsonObject> answer(CallName call, JsonObject body, String correlationId) {
    LOG.debug(LogEvent.API_CALL, correlationId).with(LogKey.CALL, call.word()).with(LogKey.ADDRESS, call.address().name()).write();
    long startedNanos = System.nanoTime();
    return Future.succeededFuture(body).compose(b -> api.execute(reader.read(call, encoded(b)), Caller.server(), correlationId))
        .onComplete(answer -> meters.answered(call, statusOf(answer), System.nanoTime() - startedNanos));
  }

  private static int statusOf(AsyncResult<JsonObject> answer) {
    return answer.succeeded() ? OK : answer.cause() instanceof Failure failure ? failure.reason().code() : ErrorReason.INTERNAL.code();
  }

  /** One reader for both ways in costs a printing and a parsing, and spares a second opinion on what a body may be. */
  private static byte[] encoded(JsonObject body) {
    try {
      return body.toBuffer().getBytes();
    } catch (EncodeException e) {
      throw Failure.of(ErrorReason.INVALID_VALUE, "The body holds something that JSON cannot express.");
    }
  }
}
