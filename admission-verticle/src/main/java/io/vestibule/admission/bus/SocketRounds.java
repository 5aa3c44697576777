package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.contract.admission.SocketReport;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Asks the gateways for their sockets while a queue is led: all of them each {@value #ALL_MILLIS} ms, which finds what got lost on the way, and at once one that comes or comes back, with people who count
 * as dropped, and one that did not answer: what is not known of it runs out meanwhile.
 */
final class SocketRounds {
  /** How often all are asked. */
  static final long ALL_MILLIS = 30_000;

  /** How often those are asked that are to be heard soon. */
  static final long SOON_MILLIS = 1_000;

  private final Function<String, Future<SocketReport>> question;
  private final BiConsumer<String, SocketReport> report;
  private final Set<String> soon = new HashSet<>();
  private final Set<String> heard = new HashSet<>();
  private Set<String> known = Set.of();
  private long allMs;
  private long soonMs;

  /**
   * Asks nobody yet.
   *
   * @param question asks a gateway, within a deadline
   * @param report told what a gateway answered
   */
  SocketRounds(Function<String, Future<SocketReport>> question, BiConsumer<String, SocketReport> report) {
    this.question = question;
    this.report = report;
  }

  /**
   * The takeover is over.
   *
   * @param answered the gateways that were heard in it
   */
  void begin(Set<String> answered, long nowMs) {
    known = Set.copyOf(answered);
    heard.addAll(answered);
    allMs = nowMs;
    soonMs = nowMs;
  }

  /** Asks those whose time has come. */
  void tick(Set<String> alive, long nowMs) {
    alive.stream().filter(gateway -> !known.contains(gateway)).forEach(soon::add);
    known = alive;
    heard.retainAll(alive);
    soon.retainAll(alive);
    if (nowMs - allMs >= ALL_MILLIS) {
      allMs = nowMs;
      soon.removeAll(alive);
      alive.forEach(this::ask);
    } else if (!soon.isEmpty() && nowMs - soonMs >= SOON_MILLIS) {
      soonMs = nowMs;
      List<String> now = List.copyOf(soon);
      soon.clear();
      now.forEach(this::ask);
    }
  }

  /** Whether a gateway has said what sockets it holds since it came, or came back. */
  boolean hasHeard(String gateway) {
    return heard.contains(gateway);
  }

  private void ask(String gateway) {
    question.apply(gateway).onComplete(answer -> {
      heard.add(gateway);
      report.accept(gateway, answer);
    }, thrown -> soon.add(gateway));
  }
}
