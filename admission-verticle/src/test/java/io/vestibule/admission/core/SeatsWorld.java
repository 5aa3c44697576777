package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.SeatsLeft;
import io.vestibule.admission.core.QueueEffect.SetSeats;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.admission.core.QueueEvent.Seat;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.SeatReport.Offer;
import io.vestibule.contract.admission.SessionClaim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Two queues with their coordinators and stores, the count that they share, and a few people who come, go and come back in both. What a coordinator says reaches the store and the count when the history wants it. */
final class SeatsWorld {
  static final int LIMIT = 2;
  private static final List<String> QUEUES = List.of("a", "b");
  private static final List<String> USERS = List.of("u0", "u1", "u2");

  final Map<String, Integer> seen = new TreeMap<>();
  private final SeatLedger ledger = new SeatLedger();
  private final Map<String, Coordinator> coordinators = new TreeMap<>();
  private final boolean replaceOldest;
  private final boolean hasty;
  private long now = 1_000_000_000_000L;
  private long refs;

  SeatsWorld(boolean replaceOldest, boolean hasty) {
    this.replaceOldest = replaceOldest;
    this.hasty = hasty;
    QUEUES.forEach(queue -> coordinators.put(queue, new Coordinator(queue)));
  }

  private void note(String what) {
    seen.merge(what, 1, Integer::sum);
  }

  void step(int kind, Random random) {
    Coordinator at = coordinators.get(QUEUES.get(random.nextInt(2)));
    String user = USERS.get(random.nextInt(USERS.size()));
    now += random.nextInt(50);
    switch (kind) {
      case 0, 1, 2 -> at.join(user, random.nextInt(5) == 0);
      case 3 -> at.some(user, random, claim -> at.ask(new Detach(at.queue, claim.session(), at.holderOf(claim))));
      case 4 -> at.some(user, random, claim -> at.ask(new Leave(at.queue, claim.session())));
      case 5 -> at.some(user, random, claim -> {
        note("resumed");
        at.ask(new Resume(at.queue, "r" + ++refs, claim, new Holder("g", "c" + refs)));
      });
      case 6, 7 -> at.commit();
      case 8, 9, 10 -> at.call(random.nextInt(8) == 0);
      case 11 -> at.crash();
      case 12 -> at.pass(random.nextInt(4) == 0 ? 70_000 : 100);
      case 13 -> at.plead();
      default -> at.give(user, random.nextBoolean());
    }
    USERS.forEach(this::check);
  }

  /** What is stored, and what would come back after a crash, is never more than permitted; nor is what coordinators believe. */
  private void check(String user) {
    int stored = 0;
    int believed = 0;
    for (Coordinator coordinator : coordinators.values()) {
      stored += coordinator.store.places.values().stream().filter(place -> place.user().equals(user)).mapToInt(place -> place.sessions().size()).sum();
      believed += coordinator.sessions(user);
    }
    assertThat(stored).as("stored sessions of %s", user).isLessThanOrEqualTo(LIMIT);
    assertThat(believed).as("sessions of %s", user).isLessThanOrEqualTo(LIMIT);
  }

  /** Everything that is under way is done; then what is counted is what is there, and whoever wants in is answered. */
  void quiet() {
    for (int i = 0; i < 50; i++) {
      coordinators.values().forEach(coordinator -> {
        coordinator.commit();
        coordinator.call(false);
        coordinator.plead();
      });
    }
    for (Coordinator coordinator : coordinators.values()) {
      assertThat(coordinator.said).as("what is unsaid").isEmpty();
      assertThat(coordinator.unanswered).as("joins that nobody answered").isEmpty();
      for (String user : USERS) {
        int counted = ledger.in(coordinator.queue).getOrDefault(user, 0);
        assertThat(counted).as("counted of %s in %s", user, coordinator.queue).isEqualTo(coordinator.sessions(user));
      }
    }
  }

  private final class Coordinator {
    private final String queue;
    private final QueueRules rules;
    private final StoreInMemory store = new StoreInMemory();
    private final Deque<SeatCall> calls = new ArrayDeque<>();
    private final Deque<TakeSeat> pleas = new ArrayDeque<>();
    private final List<QueueEffect> said = new ArrayList<>();
    private final Map<Long, Join> unanswered = new HashMap<>();
    private final Map<String, List<SessionClaim>> tokens = new HashMap<>();
    private long term = 1;
    private QueueCore core;

    private Coordinator(String queue) {
      this.queue = queue;
      this.rules = new QueueRules(queue, 2, 0, Map.of(), LIMIT, replaceOldest, 60_000, 300_000, 30_000, 60_000, 3, 1024, 0, true);
      this.core = new QueueCore(rules, term);
      hear(new QueueEvent.Opened());
    }

    private int sessions(String user) {
      return core.seats(user);
    }

    private void hear(QueueEvent event) {
      take(core.handle(event, now));
    }

    private void take(List<QueueEffect> effects) {
      for (QueueEffect effect : effects) {
        if (effect instanceof SeatCall call) {
          calls.add(call);
        } else if (hasty && effect instanceof SeatsLeft left) {
          hear(new QueueEvent.SeatsFreed(left.user(), left.count()));
        } else {
          said.add(effect);
        }
      }
    }

    void ask(AdmissionCommand command) {
      long ref = ++refs;
      if (command instanceof Join join) {
        unanswered.put(ref, join);
      }
      hear(new QueueEvent.Asked(ref, "g", command));
    }

    void join(String user, boolean http) {
      ask(new Join(queue, user, "j" + ++refs, new Holder("g", http ? null : "c" + refs), null, -1, "default", null));
    }

    void some(String user, Random random, java.util.function.Consumer<SessionClaim> what) {
      List<SessionClaim> known = tokens.getOrDefault(user, List.of());
      if (!known.isEmpty()) {
        what.accept(known.get(random.nextInt(known.size())));
      }
    }

    Holder holderOf(SessionClaim claim) {
      return store.places.values().stream().filter(place -> place.id().equals(claim.session().place())).flatMap(place -> place.sessions().stream())
          .filter(session -> session.number() == claim.session().number() && session.holder() != null).map(PlaceRecord.SessionRecord::holder)
          .findFirst().orElse(new Holder("g", "none"));
    }

    /** The store takes what was decided, and then it is said. */
    void commit() {
      List<QueueEffect> group = List.copyOf(said);
      said.clear();
      List<QueueEvent> words = new ArrayList<>();
      group.stream().filter(QueueEffect.Write.class::isInstance).forEach(write -> store.write((QueueEffect.Write) write).ifPresent(words::add));
      for (QueueEffect effect : group) {
        if (effect instanceof SeatsLeft left) {
          hear(new QueueEvent.SeatsFreed(left.user(), left.count()));
        } else if (effect instanceof QueueEffect.Answer answer) {
          answered(answer.ref(), answer.answer());
        }
      }
      words.forEach(this::hear);
    }

    private void answered(long ref, AdmissionAnswer answer) {
      unanswered.remove(ref);
      SessionClaim claim = answer instanceof Admitted admitted ? admitted.claim() : answer instanceof Waiting waiting ? waiting.claim() : null;
      if (claim != null) {
        List<SessionClaim> known = tokens.computeIfAbsent(claim.user(), name -> new ArrayList<>());
        known.removeIf(old -> old.session().equals(claim.session()));
        known.add(claim);
      } else if (answer instanceof Refused refused) {
        note("refused " + refused.reason().slug());
      }
    }

    /** The next call reaches the count, and its answer comes back; or one of the two is lost. */
    void call(boolean lost) {
      SeatCall call = calls.poll();
      if (call instanceof SetSeats set) {
        ledger.set(queue, set.user(), set.count());
      } else if (call instanceof TakeSeat take) {
        SeatLedger.Taken taken = ledger.take(queue, take.user(), take.count(), take.limit());
        if (lost) {
          note("unknown");
          hear(new QueueEvent.SeatAnswered(take.user(), Seat.UNKNOWN, null));
        } else if (taken.granted()) {
          note("granted");
          hear(new QueueEvent.SeatAnswered(take.user(), Seat.GRANTED, null));
        } else {
          pleas.add(take);
        }
      }
    }

    void plead() {
      TakeSeat plea = pleas.poll();
      if (plea != null) {
        plead(plea);
      }
    }

    private void plead(TakeSeat take) {
      Map<String, List<Offer>> offers = new HashMap<>();
      coordinators.forEach((name, other) -> offers.put(name, other.core.offers(take.user())));
      SeatChoice.Chosen chosen = SeatChoice.among(offers, replaceOldest).orElse(null);
      if (chosen == null) {
        note("refused");
        hear(new QueueEvent.SeatAnswered(take.user(), Seat.REFUSED, null));
      } else if (chosen.queue().equals(queue)) {
        note("made room here");
        hear(new QueueEvent.SeatAnswered(take.user(), Seat.REFUSED, chosen.offer().session()));
      } else {
        note("made room elsewhere");
        Coordinator other = coordinators.get(chosen.queue());
        other.hear(new QueueEvent.SeatWanted(++refs, take.user(), chosen.offer().session(), !chosen.offer().left()));
        other.commit();
        while (!other.calls.isEmpty() && other.calls.peek() instanceof SetSeats) {
          other.call(false);
        }
        note("asked again");
        hear(new QueueEvent.SeatAnswered(take.user(), Seat.AGAIN, null));
      }
    }

    /** Somebody else asks, for no reason. */
    void give(String user, boolean evenLive) {
      for (Offer offer : core.offers(user)) {
        hear(new QueueEvent.SeatWanted(++refs, user, offer.session(), evenLive));
      }
    }

    void pass(long millis) {
      now += millis;
      hear(new QueueEvent.Tick());
    }

    /** Another coordinator takes over what is stored, and compares the count with it. */
    void crash() {
      note("crashed");
      calls.clear();
      pleas.clear();
      said.clear();
      unanswered.clear();
      term++;
      core = new QueueCore(rules, term);
      take(core.restore(new ArrayList<>(store.places.values()), new HashMap<>(store.slots), store.queue, now));
      Map<String, Integer> counted = ledger.in(queue);
      for (String user : USERS) {
        if (counted.getOrDefault(user, 0) != core.seats(user)) {
          note("repaired");
          ledger.set(queue, user, core.seats(user));
        }
      }
      hear(new QueueEvent.Opened());
    }
  }
}
