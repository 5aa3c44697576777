package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.admission.SocketReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks gateways for their sockets, each until it answers or the time is up. */
final class SocketSurvey {
  private static final long PAUSE_MILLIS = 200;

  /** Asks one gateway, with a deadline in milliseconds. */
  interface Question {
    Future<SocketReport> ask(String gateway, long deadlineMillis);
  }

  private final Question question;
  private final Timers timers;
  private final LeaderClock clock;

  SocketSurvey(Question question, Timers timers, LeaderClock clock) {
    this.question = question;
    this.timers = timers;
    this.clock = clock;
  }

  /**
   * Asks.
   *
   * @param millis in all
   * @return the reports of those who answered; never fails
   */
  Future<Map<String, SocketReport>> ask(Set<String> gateways, long millis) {
    long untilMs = clock.nowMs() + millis;
    Map<String, SocketReport> reports = new HashMap<>();
    List<Future<Void>> asked = new ArrayList<>();
    for (String gateway : gateways) {
      Promise<Void> settled = Promise.promise();
      asked.add(settled.future());
      ask(gateway, untilMs, reports, settled);
    }
    return Future.join(asked).map(all -> reports);
  }

  private void ask(String gateway, long untilMs, Map<String, SocketReport> reports, Promise<Void> settled) {
    question.ask(gateway, Math.max(1, untilMs - clock.nowMs())).onComplete(report -> {
      reports.put(gateway, report);
      settled.tryComplete();
    }, thrown -> {
      // A gateway that has just joined does not serve yet; it is asked again, as long as there is time.
      if (clock.nowMs() + PAUSE_MILLIS < untilMs) {
        timers.after(PAUSE_MILLIS, () -> ask(gateway, untilMs, reports, settled));
      } else {
        settled.tryComplete();
      }
    });
  }
}
