package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A queue with a store that always answers at once, and words for what people do in it. Connections are named by the test; what they are told is kept. */
final class Scene {
  static final String Q = "default";
  static final String GATEWAY = "g1";

  QueueCore core;
  final StoreInMemory store = new StoreInMemory();
  long now = 1_000_000_000_000L;
  /** Whether the store's word on slots comes by itself. */
  boolean storing = true;
  final List<QueueEvent> unsaid = new ArrayList<>();
  final List<QueueEffect.SessionEnded> ended = new ArrayList<>();
  final Map<Long, AdmissionAnswer> answers = new HashMap<>();
  private final Map<String, List<AdmissionNotice>> notices = new HashMap<>();
  private final QueueRules rules;
  private long refs;
  private long term = 1;

  Scene(QueueRules rules) {
    this.rules = rules;
    core = new QueueCore(rules, term);
    hear(new QueueEvent.Opened());
  }

  static Scene of(int capacity) {
    return new Scene(rules(capacity));
  }

  static QueueRules rules(int capacity) {
    return new QueueRules(Q, capacity, 0, Map.of("gold", 10_000L), 3, false, 60_000, 300_000, 30_000, 60_000, 1_000, 1024, 0);
  }

  static Scene with(UnaryOperator<Rules> change) {
    return new Scene(change.apply(new Rules(rules(1))).rules());
  }

  /** Rules that differ in one thing. */
  record Rules(QueueRules rules) {
    Rules connections(int most, boolean replaceOldest) {
      return new Rules(new QueueRules(Q, rules.capacity(), 0, rules.credits(), most, replaceOldest, 60_000, 300_000, 30_000, 60_000, rules.maxWaiting(), 1024, 0));
    }

    Rules capacity(int slots, int perSecond) {
      return new Rules(new QueueRules(Q, slots, perSecond, rules.credits(), 3, false, 60_000, 300_000, 30_000, 60_000, rules.maxWaiting(), 1024, 0));
    }

    Rules limits(int maxWaiting, int userJoins) {
      return new Rules(new QueueRules(Q, rules.capacity(), 0, rules.credits(), 3, false, 60_000, 300_000, 30_000, 60_000, maxWaiting, 1024, userJoins));
    }
  }

  /** Another coordinator takes over what is stored; it is not open yet. */
  List<QueueEffect> failover() {
    core = new QueueCore(rules, ++term);
    unsaid.clear();
    List<QueueEffect> effects = core.restore(new ArrayList<>(store.places.values()), new HashMap<>(store.slots), store.queue, now);
    apply(effects);
    return effects;
  }

  Scene open() {
    hear(new QueueEvent.Opened());
    return this;
  }

  List<QueueEffect> hear(QueueEvent event) {
    List<QueueEffect> effects = core.handle(event, now);
    apply(effects);
    return effects;
  }

  private void apply(List<QueueEffect> effects) {
    List<QueueEvent> words = new ArrayList<>();
    for (QueueEffect effect : effects) {
      if (effect instanceof QueueEffect.Write write) {
        store.write(write).ifPresent(words::add);
      } else if (effect instanceof QueueEffect.Answer answer) {
        answers.put(answer.ref(), answer.answer());
      } else if (effect instanceof QueueEffect.SessionEnded session) {
        ended.add(session);
      } else if (effect instanceof QueueEffect.Notify notify) {
        notices.computeIfAbsent(notify.notice().connection(), connection -> new ArrayList<>()).add(notify.notice());
      }
    }
    unsaid.addAll(words);
    if (storing) {
      stored();
    }
  }

  /** The store's word comes. */
  Scene stored() {
    List<QueueEvent> words = List.copyOf(unsaid);
    unsaid.clear();
    words.forEach(this::hear);
    return this;
  }

  /** Time passes, with its ticks. */
  Scene pass(long ms) {
    long end = now + ms;
    while (now < end) {
      now = Math.min(end, now + QueueEvent.Tick.MILLIS);
      hear(new QueueEvent.Tick());
    }
    return this;
  }

  /** Asks, and gives the answer or null. */
  AdmissionAnswer ask(AdmissionCommand command) {
    long ref = ++refs;
    hear(new QueueEvent.Asked(ref, GATEWAY, command));
    return answers.get(ref);
  }

  AdmissionAnswer join(String user, String connection) {
    return join(user, connection, null);
  }

  AdmissionAnswer join(String user, String connection, String userClass) {
    return ask(new Join(Q, user, "join-" + connection, socket(connection), userClass, -1, "default", null));
  }

  AdmissionAnswer joinHttp(String user) {
    return ask(new Join(Q, user, "http-" + user + refs, new Holder(GATEWAY, null), null, -1, "default", null));
  }

  AdmissionAnswer resume(SessionClaim claim, String connection) {
    return ask(new Resume(Q, "resume-" + connection, claim, socket(connection)));
  }

  AdmissionAnswer drop(AdmissionAnswer session, String connection) {
    return ask(new Detach(Q, ref(session), socket(connection)));
  }

  AdmissionAnswer leave(AdmissionAnswer session) {
    return ask(new Leave(Q, ref(session)));
  }

  AdmissionAnswer poll(AdmissionAnswer session) {
    return ask(new Poll(Q, claim(session)));
  }

  static Holder socket(String connection) {
    return new Holder(GATEWAY, connection);
  }

  static SessionClaim claim(AdmissionAnswer answer) {
    return answer instanceof Admitted admitted ? admitted.claim() : ((Waiting) answer).claim();
  }

  static SessionRef ref(AdmissionAnswer answer) {
    return claim(answer).session();
  }

  static long position(AdmissionAnswer answer) {
    return ((Waiting) answer).standing().position();
  }

  static String reason(AdmissionAnswer answer) {
    return ((Refused) answer).reason().slug();
  }

  /** What a connection was told without asking, except how it stands; forgets it. */
  List<AdmissionNotice> told(String connection) {
    List<AdmissionNotice> told = notices.remove(connection);
    return told == null ? List.of() : told.stream().filter(notice -> !(notice instanceof AdmissionNotice.Moved)).toList();
  }

  /** How a connection was told that it stands; forgets what it was told. */
  List<AdmissionNotice.Moved> moved(String connection) {
    List<AdmissionNotice> told = notices.remove(connection);
    return told == null ? List.of() : told.stream().filter(AdmissionNotice.Moved.class::isInstance).map(AdmissionNotice.Moved.class::cast).toList();
  }

  QueueStatus status() {
    return core.status(now);
  }

  long counted(String what) {
    return status().counters().get(what);
  }
}
