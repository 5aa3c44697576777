package io.vestibule.bench.admission;

import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueRules;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.gateway.admission.SlotLeases;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Three gateway nodes and one coordinator at a time. Messages take {@value #HOP_MS} ms; a question without an answer is asked again each second, as gateways do. */
final class Cluster {
  private static final long HOP_MS = 2;
  private static final long RETRY_MS = 1_000;
  private static final long REPORTS_MS = 30_000;
  private static final long RENEWAL_MS = 2_000;
  private static final long LOOK_MS = 250;
  private static final Duration FAILURE_TIMEOUT = Duration.ofSeconds(10);

  /** A coordinator that is cut off together with a gateway answers it for so long. */
  private static final long LEASE_MS = FAILURE_TIMEOUT.toMillis() * 6 / 10;
  private static final List<String> GATEWAYS = List.of("g0", "g1", "g2");

  private final VirtualTime time;
  private final Observer observer;
  private final QueueRules rules;
  private final Journal journal;
  private final Map<String, Map<String, Person>> sockets = new HashMap<>();
  private final Map<Long, Question> questions = new LinkedHashMap<>();
  private final Set<String> unreachable = new HashSet<>();
  private final Map<String, SlotLeases> leases = new HashMap<>();
  private final Map<String, Integer> lapses = new HashMap<>();
  private long answeredUntilMs;
  private Coordinator leader;
  private long refs;
  private long connections;

  private record Question(String gateway, AdmissionCommand command, Consumer<AdmissionAnswer> reply, long askedAtMs) {}

  Cluster(VirtualTime time, Observer observer, QueueRules rules) {
    this.time = time;
    this.observer = observer;
    this.rules = rules;
    journal = new Journal(observer);
    observer.cutOff(this::cutOff);
    GATEWAYS.forEach(gateway -> {
      sockets.put(gateway, new LinkedHashMap<>());
      leases.put(gateway, new SlotLeases(SlotLeases.patience(Duration.ofMillis(rules.slotGraceMs()), FAILURE_TIMEOUT), 0));
    });
    lead(1, 0);
    time.after(REPORTS_MS, this::reports);
    time.after(RETRY_MS, this::askAgain);
    time.after(RENEWAL_MS, this::renew);
    time.after(LOOK_MS, this::lookAtSlots);
  }

  /** A node by chance, of those that can be reached. */
  String gateway(int chance) {
    List<String> open = GATEWAYS.stream().filter(gateway -> !unreachable.contains(gateway)).toList();
    return open.get(chance % open.size());
  }

  String connect(String gateway, Person person) {
    String connection = gateway + "-" + connections++;
    sockets.get(gateway).put(connection, person);
    return connection;
  }

  void disconnect(String gateway, String connection) {
    sockets.get(gateway).remove(connection);
  }

  void ask(String gateway, AdmissionCommand command, Consumer<AdmissionAnswer> reply) {
    long ref = refs++;
    Question question = new Question(gateway, command, reply, time.nowMs());
    questions.put(ref, question);
    send(ref, question);
  }

  void operate(QueueEvent event) {
    leader.hear(event);
  }

  /** The coordinator's process dies; another notices, and leads with a clock of its own. */
  void kill(long noticedAfterMs, long skewMs) {
    leader.kill();
    long term = leader.term + 1;
    time.after(noticedAfterMs, () -> lead(term, skewMs));
  }

  /** The coordinator and one gateway are cut off from the rest, which goes on with another coordinator. */
  void partition(long noticedAfterMs, long lengthMs) {
    Coordinator old = leader;
    unreachable.add(GATEWAYS.get(0));
    old.cutOff();
    answeredUntilMs = time.nowMs() + LEASE_MS;
    time.after(noticedAfterMs, () -> lead(old.term + 1, 0));
    time.after(lengthMs, () -> {
      unreachable.clear();
      old.reconnect();
      time.after(1_000, () -> {
        leader.hear(new QueueEvent.Alive(Set.copyOf(GATEWAYS)));
        report(GATEWAYS.get(0));
      });
    });
  }

  /** People who are in, on the gateways that cannot be reached. */
  private int cutOff() {
    return unreachable.stream().mapToInt(gateway -> (int) sockets.get(gateway).values().stream().filter(Person::isIn).count()).sum();
  }

  private void lead(long term, long skewMs) {
    leader = new Coordinator(time, journal, observer, rules, term, skewMs, this::said);
    Set<String> alive = new HashSet<>(GATEWAYS);
    alive.removeAll(unreachable);
    leader.hear(new QueueEvent.Alive(alive));
    Coordinator begun = leader;
    time.after(2 * HOP_MS, () -> {
      alive.forEach(this::report);
      begun.hear(new QueueEvent.Opened());
    });
  }

  private void reports() {
    GATEWAYS.stream().filter(gateway -> !unreachable.contains(gateway)).forEach(this::report);
    time.after(REPORTS_MS, this::reports);
  }

  private void report(String gateway) {
    List<SocketReport.Socket> there = sockets.get(gateway).entrySet().stream().filter(socket -> socket.getValue().claim() != null)
        .map(socket -> new SocketReport.Socket(rules.name(), socket.getKey(), socket.getValue().claim(), socket.getValue().isIn(),
            socket.getValue().position())).toList();
    leader.hear(new QueueEvent.Reported(gateway, new SocketReport(there, List.of())));
  }

  private void renew() {
    long askedMs = time.nowMs();
    GATEWAYS.stream().filter(gateway -> unreachable.contains(gateway) ? askedMs < answeredUntilMs : !leader.isDead())
        .forEach(gateway -> time.after(2 * HOP_MS, () -> leases.get(gateway).renewed(-1, askedMs, time.nowMs())));
    time.after(RENEWAL_MS, this::renew);
  }

  /** What gateways do with people whose slots may be somebody else's soon. */
  private void lookAtSlots() {
    for (String gateway : GATEWAYS) {
      leases.get(gateway).expire(time.nowMs());
      int now = leases.get(gateway).lapses(0);
      Integer before = lapses.put(gateway, now);
      if (before != null && before != now) {
        List.copyOf(sockets.get(gateway).values()).forEach(Person::cutOff);
      }
    }
    time.after(LOOK_MS, this::lookAtSlots);
  }

  private void askAgain() {
    questions.forEach((ref, question) -> {
      if (time.nowMs() - question.askedAtMs >= RETRY_MS) {
        send(ref, question);
      }
    });
    time.after(RETRY_MS, this::askAgain);
  }

  private void send(long ref, Question question) {
    if (!unreachable.contains(question.gateway)) {
      Coordinator to = leader;
      time.after(HOP_MS, () -> to.hear(new QueueEvent.Asked(ref, question.gateway, question.command)));
    }
  }

  private void said(QueueEffect effect) {
    time.after(HOP_MS, () -> {
      if (effect instanceof QueueEffect.Answer answer) {
        Question question = questions.get(answer.ref());
        if (question != null && !unreachable.contains(question.gateway)) {
          questions.remove(answer.ref());
          question.reply.accept(answer.answer());
        }
      } else if (effect instanceof QueueEffect.Notify notify && !unreachable.contains(notify.gateway())) {
        deliver(notify.gateway(), notify.notice());
      }
    });
  }

  private void deliver(String gateway, AdmissionNotice notice) {
    Person person = sockets.get(gateway).get(notice.connection());
    if (person != null) {
      person.hear(notice);
    } else if (notice instanceof AdmissionNotice.Promoted) {
      leader.hear(new QueueEvent.NobodyThere(gateway, notice.connection()));
    }
  }
}
