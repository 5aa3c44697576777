package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
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

/** What operators order of the queues that this node leads. */
final class Orders {
  private final LedQueues queues;
  private final String self;

  Orders(LedQueues queues, String self) {
    this.queues = queues;
    this.self = self;
  }

  /**
   * Does it.
   *
   * @return the report, once what was ordered is stored; fails with {@code unknown_queue} for a queue that this node is not configured with
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

  private QueueReport status() {
    JsonArray led = new JsonArray();
    JsonArray others = new JsonArray();
    for (String queue : queues.configured()) {
      queues.leader(queue).flatMap(QueueLeader::status)
          .ifPresentOrElse(status -> led.add(QueueJson.of(status, self)), () -> others.add(QueueJson.unled(queue)));
    }
    return new QueueReport(led.size(), led.encode(), others.encode());
  }

  private Future<QueueReport> one(String queue, QueueEvent event, String correlationId) {
    if (!queues.isConfigured(queue)) {
      return Future.failedFuture(Failure.of(ErrorReason.UNKNOWN_QUEUE));
    }
    return queues.leader(queue).map(leader -> ordered(leader, event, correlationId)).orElse(Future.succeededFuture(false))
        .map(done -> QueueReport.of(done ? 1 : 0));
  }

  /** Counts what was revoked; a leader that has lost its queue meanwhile counts nothing. */
  private Future<QueueReport> all(QueueEvent event, String correlationId) {
    List<Future<Integer>> each = new ArrayList<>();
    for (QueueLeader leader : List.copyOf(queues.all())) {
      long before = revoked(leader);
      Future<Boolean> done = ordered(leader, event, correlationId);
      int count = (int) (revoked(leader) - before);
      each.add(done.map(stored -> stored ? count : 0));
    }
    return Future.join(each).map(all -> QueueReport.of(each.stream().mapToInt(Future::result).sum()));
  }

  private static long revoked(QueueLeader leader) {
    return leader.status().map(QueueStatus::counters).map(counters -> counters.getOrDefault("revoked", 0L)).orElse(0L);
  }

  private static Future<Boolean> ordered(QueueLeader leader, QueueEvent event, String correlationId) {
    Promise<AdmissionAnswer> answer = Promise.promise();
    leader.order(event, correlationId, answer::tryComplete);
    return answer.future().map(said -> said instanceof Done);
  }
}
