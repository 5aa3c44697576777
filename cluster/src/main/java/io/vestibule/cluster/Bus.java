package io.vestibule.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.contract.bus.Address;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.Broadcast;
import io.vestibule.contract.bus.JsonAddress;
import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.error.Failure;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The only way onto the event bus. It knows every codec of the contract, sets a deadline on each request, carries the
 * correlation id in a header, and turns whatever goes wrong into a {@link Failure} of the catalogue. Java-serialised bodies
 * are refused, whoever sends them. One for each Vert.x instance; thread-safe.
 */
public final class Bus {
  /** The header that carries the correlation id; an application on the bus may set it too. */
  public static final String CORRELATION_ID = "correlationId";

  /** A reply that Vert.x cannot decode is lost with its timer; after this much more a timer of ours ends the wait. */
  private static final long GUARD_MILLIS = 50;
  private static final int TRIES = 5;

  private final EventBus events;
  private final Duration requestTimeout;
  private final BusMeters meters;
  private final Map<RecordCodec<?>, DeliveryOptions> templates = new IdentityHashMap<>();
  private final List<RecordCodec<?>> codecs = Addresses.codecs();
  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet();

  /**
   * Registers the contract's codecs and closes the bus to serialised objects.
   *
   * @param vertx clustered or not
   * @param requestTimeout the deadline of a request that brings none of its own ({@code cluster.request-timeout})
   * @param registry where the latencies and failures are counted
   */
  public Bus(Vertx vertx, Duration requestTimeout, MeterRegistry registry) {
    this.events = vertx.eventBus();
    this.requestTimeout = requestTimeout;
    this.meters = new BusMeters(registry);
    events.serializableChecker(className -> false);
    events.clusterSerializableChecker(className -> false);
    for (RecordCodec<?> codec : codecs) {
      events.registerCodec(codec);
      templates.put(codec, new DeliveryOptions().setCodecName(codec.name()));
    }
  }

  /** Asks, with the configured deadline; fails with a {@link Failure}. Completes on the caller's context. */
  public <Q, R> Future<R> request(Address<Q, R> address, Q request, String correlationId) {
    return request(address, request, requestTimeout, correlationId);
  }

  /**
   * Asks one consumer of the address.
   *
   * @param timeout the deadline; the failure is {@code timeout} then, and {@code unavailable} when nobody serves the address
   * @param correlationId the flow this belongs to
   * @return the reply, on the caller's context; fails with a {@link Failure}, the one that the other side answered if it did
   */
  public <Q, R> Future<R> request(Address<Q, R> address, Q request, Duration timeout, String correlationId) {
    DeliveryOptions options = new DeliveryOptions(template(address.request()));
    return this.<R>ask(address.name(), request, options, timeout, correlationId);
  }

  /** Asks an address of applications, with the configured deadline; as {@link #request(Address, Object, Duration, String)}. */
  public Future<JsonObject> requestJson(JsonAddress address, JsonObject request, String correlationId) {
    return requestJson(address, request, requestTimeout, correlationId);
  }

  /** Asks an address of applications; as {@link #request(Address, Object, Duration, String)}. */
  public Future<JsonObject> requestJson(JsonAddress address, JsonObject request, Duration timeout, String correlationId) {
    return ask(address.name(), request, new DeliveryOptions(), timeout, correlationId)
        .map(body -> JsonBodies.require(address, body));
  }

  /**
   * Sends a message to every consumer in the cluster. It may be lost with a node or a link; nobody answers. On the hot path:
   * without a correlation id it allocates no headers, here and for each consumer.
   *
   * @param correlationId the flow this belongs to, or null for none
   */
  public <T> void publish(Broadcast<T> broadcast, T message, String correlationId) {
    DeliveryOptions options = template(broadcast.codec());
    if (correlationId != null) {
      options = new DeliveryOptions(options).addHeader(CORRELATION_ID, correlationId);
    }
    events.publish(broadcast.name(), message, options);
  }

  /** Sends a message to every application in the cluster that hears the address. It may be lost with a node or a link; nobody answers. */
  public void publishJson(JsonAddress address, JsonObject message, String correlationId) {
    DeliveryOptions options = new DeliveryOptions();
    if (correlationId != null) {
      options.addHeader(CORRELATION_ID, correlationId);
    }
    events.publish(address.name(), message, options);
  }

  /**
   * Answers requests on the calling context.
   *
   * @return the registration, once the cluster knows of it
   */
  public <Q, R> Future<Registration> serve(Address<Q, R> address, RequestHandler<Q, R> handler) {
    DeliveryOptions reply = template(address.reply());
    return register(address.name(), new Responder<>(address.name(), handler, reply, meters, Message<Q>::body));
  }

  /** Answers requests of applications on the calling context; a body that is not a JsonObject is refused. */
  public Future<Registration> serveJson(JsonAddress address, RequestHandler<JsonObject, JsonObject> handler) {
    return register(address.name(), new Responder<Object, JsonObject, JsonObject>(address.name(), handler, new DeliveryOptions(),
        meters, message -> JsonBodies.require(address, message.body())));
  }

  /**
   * Hears what is published, on the calling context.
   *
   * @return the registration, once the cluster knows of it
   */
  public <T> Future<Registration> subscribe(Broadcast<T> broadcast, MessageHandler<T> handler) {
    return register(broadcast.name(),
        new Listener<T>(broadcast.name(), message -> message.headers().get(CORRELATION_ID), handler, meters));
  }

  /**
   * Hears what is published and does not look at the correlation id, which saves making the headers of each message: for the
   * hot path.
   *
   * @return the registration, once the cluster knows of it
   */
  public <T> Future<Registration> subscribe(Broadcast<T> broadcast, Consumer<T> handler) {
    return register(broadcast.name(),
        new Listener<T>(broadcast.name(), message -> null, (message, none) -> handler.accept(message), meters));
  }

  /** Takes back every registration and the codecs. */
  public Future<Void> close() {
    List<Future<Void>> closing = registrations.stream().map(Registration::close).toList();
    return Future.join(closing).<Void>mapEmpty().eventually(() -> {
      codecs.forEach(codec -> events.unregisterCodec(codec.name()));
      return Future.succeededFuture();
    });
  }

  private <R> Future<R> ask(String address, Object body, DeliveryOptions options, Duration timeout, String correlationId) {
    long millis = Math.max(1, timeout.toMillis());
    options.setSendTimeout(millis);
    if (correlationId != null) {
      options.addHeader(CORRELATION_ID, correlationId);
    }
    BusMeters.Requests measured = meters.requests(address);
    long started = System.nanoTime();
    return events.<R>request(address, body, options)
        .timeout(millis + GUARD_MILLIS, TimeUnit.MILLISECONDS)
        .transform((reply, thrown) -> {
          measured.answered(System.nanoTime() - started);
          if (thrown == null) {
            return Future.succeededFuture(reply.body());
          }
          Failure failure = BusFailures.fromReply(thrown);
          measured.failed(failure.reason());
          return Future.failedFuture(failure);
        });
  }

  private <T> Future<Registration> register(String address, Handler<Message<T>> handler) {
    return register(address, handler, TRIES);
  }

  /** The grid has a member that is killed just then fail the call, whatever became of it; nobody else would repeat it, and the node could not start. */
  private <T> Future<Registration> register(String address, Handler<Message<T>> handler, int tries) {
    MessageConsumer<T> consumer = events.consumer(address, handler);
    Registration registration = new Registration() {
      @Override
      public Future<Void> close() {
        return registrations.remove(this) ? consumer.unregister() : Future.succeededFuture();
      }
    };
    registrations.add(registration);
    return consumer.completion().map(registration).recover(failed -> {
      if (tries == 1 || !GridCalls.isWorthRepeating(failed)) {
        return Future.failedFuture(failed);
      }
      return registration.close().otherwiseEmpty().compose(closed -> register(address, handler, tries - 1));
    });
  }

  private DeliveryOptions template(RecordCodec<?> codec) {
    DeliveryOptions template = templates.get(codec);
    if (template == null) {
      throw new IllegalArgumentException("Addresses.codecs() does not list " + codec.name());
    }
    return template;
  }
}
