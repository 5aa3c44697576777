package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The notices for one gateway. What was not answered is repeated until the gateway answers or is gone: whoever was promoted must learn of it. Only positions are not repeated, since newer
 * ones follow, and of two that wait for one connection the newer remains.
 */
final class NoticeLine {
  /** The most notices in one message. */
  static final int MOST = 1_000;

  /** The most notices that wait; more than a gateway has sockets. Beyond it the question for its sockets brings both sides together again. */
  static final int MOST_WAITING = 500_000;

  private static final EventLog LOG = EventLog.of(NoticeLine.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  /** How often what a gateway fails at is tried: it answers, but cannot handle it. */
  private static final int MOST_FAILURES = 3;

  private final Function<List<AdmissionNotice>, Future<AdmissionSeen>> carrier;
  private final Consumer<String> nobodyThere;
  private final Timers timers;
  private final Map<Object, AdmissionNotice> waiting = new LinkedHashMap<>();
  private boolean underWay;
  private boolean ended;
  private Runnable pause = () -> {};

  /**
   * @param carrier brings notices to the gateway
   * @param nobodyThere told connections that are not there
   */
  NoticeLine(Function<List<AdmissionNotice>, Future<AdmissionSeen>> carrier, Consumer<String> nobodyThere, Timers timers) {
    this.carrier = carrier;
    this.nobodyThere = nobodyThere;
    this.timers = timers;
  }

  void add(AdmissionNotice notice) {
    if (notice instanceof Moved) {
      if (waiting.size() < MOST_WAITING) {
        waiting.put(notice.connection(), notice);
      }
      return;
    }
    // A position from before means nothing any more.
    waiting.remove(notice.connection());
    if (waiting.size() < MOST_WAITING) {
      waiting.put(new Object(), notice);
    } else {
      LOG.warn(LogEvent.NOTICES_DROPPED, null).with(LogKey.CONNECTION, notice.connection()).with(LogKey.COUNT, waiting.size()).write();
    }
  }

  int waiting() {
    return waiting.size();
  }

  void flush() {
    if (!underWay && !ended && !waiting.isEmpty()) {
      List<AdmissionNotice> batch = new ArrayList<>();
      Iterator<AdmissionNotice> next = waiting.values().iterator();
      while (next.hasNext() && batch.size() < MOST) {
        batch.add(next.next());
        next.remove();
      }
      underWay = true;
      send(batch, 1);
    }
  }

  void end() {
    ended = true;
    pause.run();
    waiting.clear();
  }

  private void send(List<AdmissionNotice> batch, int attempt) {
    carrier.apply(batch).onComplete(seen -> seen(seen), thrown -> failed(batch, attempt, thrown));
  }

  private void seen(AdmissionSeen seen) {
    underWay = false;
    if (!ended) {
      seen.unknown().forEach(nobodyThere);
      flush();
    }
  }

  private void failed(List<AdmissionNotice> batch, int attempt, Throwable thrown) {
    if (ended) {
      return;
    }
    List<AdmissionNotice> again = batch.stream().filter(notice -> !(notice instanceof Moved)).toList();
    boolean reached = thrown instanceof Failure failure && failure.reason() != ErrorReason.TIMEOUT && failure.reason() != ErrorReason.UNAVAILABLE;
    if (again.isEmpty() || reached && attempt >= MOST_FAILURES) {
      again.forEach(notice -> LOG.error(LogEvent.NOTICES_DROPPED, null).with(LogKey.CONNECTION, notice.connection()).with(LogKey.DETAIL, thrown.getMessage()).write());
      pause = timers.after(pauseMillis(attempt), () -> {
        underWay = false;
        flush();
      });
    } else {
      pause = timers.after(pauseMillis(attempt), () -> send(again, attempt + 1));
    }
  }

  private static long pauseMillis(int attempt) {
    return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt - 1, 10));
  }
}
