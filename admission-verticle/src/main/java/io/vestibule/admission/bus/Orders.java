package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueStatus;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.admission.QueueReport;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What operators order of the queues that this node leads. A queue that it is about to lead is waited for: to say that nobody was touched would be true and of no use to somebody who wants a user
 * out. What cannot be done in time fails, so that it is ordered again.
 */
final class Orders {
  /** How long a queue is waited for; whoever orders gives up after 3 s, and the order has to be stored, too. */
  static final long PATIENCE_MILLIS = 2_500;

  /** The most orders that wait. */
  static final int MOST_WAITING = 1_000;

  private static final long RETRY_AFTER_MILLIS = 2_000;

  private final LedQueues queues;
  private final String self;
  private final LongSupplier monotonicMs;
  private final List<Expected> waiting = new ArrayList<>();
  private boolean ended;

  /** An order that waits for its queue to be led. */
  private record Expected(String queue, long untilMs, Promise<QueueLeader> leader) {}

  Orders(LedQueues queues, String self, LongSupplier monotonicMs) {
    this.queues = queues;
    this.self = self;
    this.monotonicMs = monotonicMs;
  }

  /**
   * Does it.
   *
   * @return the report, once what was ordered is stored; fails with {@code unknown_queue} for a queue that this node is not configured with, with {@code minority} where nobody is led, and with
   *     {@code admission_unavailable} if a queue that is this node's turn could not be led in time, or was lost before the order was stored
   */
  Future<QueueReport> answer(QueueOrder order, String correlationId) {
    if (order instanceof QueueOrder.Status) {
      return Future.succeededFuture(status());
    } else if (order instanceof QueueOrder.Capacity capacity) {
      return one(capacity.queue(), new QueueEvent.Resized(capacity.capacity(), capacity.admissionsPerSecond()), correlationId);
    } else if (order instanceof QueueOrder.Pause pause) {
      return one(pause.queue(), new QueueEvent.Paused(pause.paused()), correlationId);
    } else if (order instanceof QueueOrder.Revoke revoke) {
      return all(new QueueEvent.Revoked(revoke.user(), revoke.sessionId()), correlationId);
    }
    return Future.failedFuture(Failure.of(ErrorReason.UNKNOWN_TYPE));
  }

  /** Time has passed. */
  void tick() {
    long nowMs = monotonicMs.getAsLong();
    for (Expected order : List.copyOf(waiting)) {
      QueueLeader leader = queues.leader(order.queue()).filter(QueueLeader::isOpen).orElse(null);
      if (leader != null) {
        waiting.remove(order);
        order.leader().complete(leader);
      } else if (queues.isMinority() || nowMs >= order.untilMs()) {
        waiting.remove(order);
        order.leader().fail(queues.isMinority() ? minority() : unavailable());
      }
    }
  }

  /** Nothing is led any more. */
  void end() {
    ended = true;
    waiting.forEach(order -> order.leader().fail(unavailable()));
    waiting.clear();
  }

  private QueueReport status() {
    JsonArray led = new JsonArray();
    JsonArray others = new JsonArray();
    for (String queue : queues.configured()) {
      queues.leader(queue).flatMap(QueueLeader::status)
          .ifPresentOrElse(status -> led.add(hindered(queue, QueueJson.of(status, self))), () -> others.add(hindered(queue, QueueJson.unled(queue))));
    }
    return new QueueReport(led.size(), led.encode(), others.encode());
  }

  private JsonObject hindered(String queue, JsonObject json) {
    Hindrance why = queues.hindrances().get(queue);
    return why == null ? json : json.put("hindrance", why.toJson(monotonicMs.getAsLong()).put("node", self));
  }

  private Future<QueueReport> one(String queue, QueueEvent event, String correlationId) {
    if (!queues.isConfigured(queue)) {
      return Future.failedFuture(Failure.of(ErrorReason.UNKNOWN_QUEUE));
    }
    if (queues.isMinority()) {
      return Future.failedFuture(minority());
    }
    return queues.isConcerned(queue) ? led(queue).compose(leader -> ordered(leader, event, correlationId)).map(QueueReport.of(1))
        : Future.succeededFuture(QueueReport.of(0));
  }

  /** Counts what was revoked, in all queues. */
  private Future<QueueReport> all(QueueEvent event, String correlationId) {
    if (queues.isMinority()) {
      return Future.failedFuture(minority());
    }
    List<Future<Integer>> each = queues.configured().stream().filter(queues::isConcerned)
        .map(queue -> led(queue).compose(leader -> {
          long before = revoked(leader);
          Future<Void> done = ordered(leader, event, correlationId);
          int count = (int) (revoked(leader) - before);
          return done.map(count);
        })).toList();
    return Future.join(each).map(all -> QueueReport.of(each.stream().mapToInt(Future::result).sum()));
  }

  private static long revoked(QueueLeader leader) {
    return leader.status().map(QueueStatus::counters).map(counters -> counters.getOrDefault("revoked", 0L)).orElse(0L);
  }

  /** The leader of a queue, as soon as it is open. */
  private Future<QueueLeader> led(String queue) {
    if (ended || waiting.size() >= MOST_WAITING) {
      return Future.failedFuture(unavailable());
    }
    Promise<QueueLeader> leader = Promise.promise();
    waiting.add(new Expected(queue, monotonicMs.getAsLong() + PATIENCE_MILLIS, leader));
    tick();
    return leader.future();
  }

  /** Completes when it is stored; a leader that has lost its queue before knows nothing of it. */
  private static Future<Void> ordered(QueueLeader leader, QueueEvent event, String correlationId) {
    Promise<AdmissionAnswer> answer = Promise.promise();
    leader.order(event, correlationId, answer::tryComplete);
    return answer.future().compose(said -> said instanceof Done ? Future.succeededFuture() : Future.failedFuture(unavailable()));
  }

  private static Failure unavailable() {
    return Failure.of(ErrorReason.ADMISSION_UNAVAILABLE).retryAfter(RETRY_AFTER_MILLIS);
  }

  private static Failure minority() {
    return Failure.of(ErrorReason.MINORITY).retryAfter(RETRY_AFTER_MILLIS);
  }
}
