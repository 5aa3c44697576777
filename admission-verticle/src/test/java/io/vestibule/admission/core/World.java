package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.store.AdmissionStore.Image;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionNotice.Requeued;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.admission.SocketReport.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A queue, its store, two gateways and a dozen tabs of half a dozen people; what they do comes from a history, and after each step the {@link Audit} looks at it. */
final class World {
  /** How long nobody leads when a coordinator is killed, and when it is frozen: what the design allows, less what the takeover takes. */
  static final long KILL_MS = 2_900;
  static final long FREEZE_MS = 11_900;

  final QueueRules rules;
  final StoreInMemory store = new StoreInMemory();
  private final Books books;
  final Audit audit;
  final List<Client> clients = new ArrayList<>();
  final Set<String> alive = new HashSet<>(Set.of("g0", "g1"));
  private final Deque<QueueEvent> words = new ArrayDeque<>();
  private final Map<Long, Client> asking = new HashMap<>();
  private final Bug bug;
  QueueCore core;
  long now = 1_000_000_000_000L;
  long term = 1;
  int capacity;
  int offered;
  /** Admissions a second; 0 for no limit. */
  int rate;
  boolean opened;
  boolean paused;
  /** Whether the store answers at once. */
  boolean prompt = true;
  /** After so many writes of the next event the coordinator dies; negative: it lives. */
  int crashAfter = -1;
  long refs;
  final Map<String, Long> seen = new HashMap<>();
  /** Since when a slot is free that somebody waits for; negative: there is none. */
  long freeSinceMs = -1;
  private long connections;
  /** The last connection that there was when g1 began to drain; negative: it does not. */
  private long drainedAt = -1;
  private QueueEvent hearing;

  /**
   * A queue that is led and open.
   *
   * @param bug what is wrong with the core
   * @param books stores that are to have the same as the maps, or null
   */
  World(boolean replaceOldest, Bug bug, Books books) {
    this.books = books;
    rules = new QueueRules("q", 2, 0, Map.of("gold", 10_000L), 2, replaceOldest, 60_000, 300_000, 30_000, 60_000, 4, 1024, 0);
    audit = new Audit(rules, store);
    capacity = rules.capacity();
    this.bug = bug;
    for (int i = 0; i < 12; i++) {
      clients.add(new Client("user" + i / 2, i / 2 % 3 == 2 ? "gold" : null));
    }
    if (books != null) {
      books.open(term);
    }
    core = newCore();
    opened = true;
    hear(new QueueEvent.Opened());
  }

  private QueueCore newCore() {
    return new QueueCore(bug.rules(rules), bug.term(term), bug.slots(() -> core.status(now).connected()));
  }

  /** Keeps what the coordinator counted. */
  void note() {
    core.status(now).counters().forEach((what, count) -> seen.merge(what, count, Long::sum));
  }

  int limit() {
    return capacity == 0 ? offered : offered == 0 ? capacity : Math.min(capacity, offered);
  }

  /** On that gateway, or on the other where it drains: its gate lets nobody in. */
  Holder newSocket(int gateway) {
    return gateway == 1 && drainedAt >= 0 ? newSocket(0) : new Holder("g" + gateway, "c" + ++connections);
  }

  /** Nobody comes to g1 any more, or again. */
  void drain(boolean drains) {
    drainedAt = !drains ? -1 : drainedAt < 0 ? connections : drainedAt;
  }

  /**
   * Another coordinator takes over what is stored, hears the gateways and opens.
   *
   * @param deadMs how long nobody led
   */
  void failover(long deadMs) {
    note();
    now += deadMs;
    crashAfter = -1;
    words.clear();
    asking.clear();
    term++;
    opened = false;
    capacity = store.queue.capacity() >= 0 ? store.queue.capacity() : rules.capacity();
    rate = Math.max(0, store.queue.admissionsPerSecond());
    paused = store.queue.paused();
    freeSinceMs = -1;
    audit.ranks.takenOver(clients.stream().filter(client -> client.isOnSocket() && client.token != null && client.position > 0)
        .collect(Collectors.toMap(client -> client.token.session().place(), client -> client.position, Math::min)));
    core = newCore();
    int nodesOffer = offered;
    offered = 0;
    Image image = stored();
    take(bug.effects(core.restore(image.places(), image.slots(), image.queue(), bug.clock(now))));
    offered = nodesOffer;
    hear(new QueueEvent.Offered(offered));
    hear(new QueueEvent.Alive(Set.copyOf(alive)));
    alive.stream().sorted().forEach(this::report);
    opened = true;
    hear(new QueueEvent.Opened());
  }

  /** What is stored; the real stores must have the same as the maps. */
  private Image stored() {
    Image image = new Image(new ArrayList<>(store.places.values()), new HashMap<>(store.slots), store.queue);
    if (books != null) {
      Image real = books.open(term);
      assertThat(real.places()).as("invariant 9: places in the store").containsExactlyInAnyOrderElementsOf(image.places());
      assertThat(real.slots()).as("invariant 9: slots in the store").isEqualTo(image.slots());
      assertThat(real.queue()).as("invariant 9: queue in the store").isEqualTo(image.queue());
      return real;
    }
    return image;
  }

  /** Somebody whom nobody knows holds a slot in the store. */
  void ghost(int slot, String name) {
    writeBeside(new QueueEffect.TakeSlot(slot, new SlotHolder(name, "ghost")));
  }

  /** All of them are gone. */
  void exorcise() {
    Map.copyOf(store.slots).forEach((slot, holder) -> {
      if (holder.place().startsWith("ghost")) {
        writeBeside(new QueueEffect.FreeSlot(slot, holder));
      }
    });
  }

  private void writeBeside(QueueEffect.Write write) {
    List<QueueEvent> said = store.write(write).stream().toList();
    if (books != null) {
      books.commit(List.of(write), refused(said));
    }
  }

  private static List<QueueEvent.SlotHeld> refused(List<QueueEvent> words) {
    return words.stream().filter(QueueEvent.SlotHeld.class::isInstance).map(QueueEvent.SlotHeld.class::cast).toList();
  }

  void report(String gateway) {
    hear(new QueueEvent.Reported(gateway, new SocketReport(clients.stream()
        .filter(client -> client.isOnSocket() && client.token != null && client.holder.gateway().equals(gateway))
        .map(client -> new Socket("q", client.holder.connection(), client.token, client.in, client.position)).toList(), List.of())));
  }

  void ask(Client client, AdmissionCommand command) {
    long ref = ++refs;
    if (command instanceof AdmissionCommand.Join || command instanceof AdmissionCommand.Resume || command instanceof AdmissionCommand.Poll) {
      asking.put(ref, client);
      client.ref = ref;
      client.asked = command;
    }
    hear(new QueueEvent.Asked(ref, client.holder == null ? "g0" : client.holder.gateway(), command));
  }

  void hear(QueueEvent event) {
    hearing = event;
    take(bug.effects(core.handle(bug.event(event), bug.clock(now))));
    inTime(event instanceof QueueEvent.Tick);
    if (words.isEmpty()) {
      audit.settled();
    }
  }

  /** 7: who waits while a slot is free is admitted at once; with a limit of admissions a second, with the first tick after the next is due. */
  private void inTime(boolean ticks) {
    int leaving = (int) words.stream().filter(word -> !isWanted(word)).count();
    if (!opened || paused || !audit.isFreeForNothing(limit(), leaving)) {
      freeSinceMs = -1;
      return;
    }
    freeSinceMs = freeSinceMs < 0 ? now : freeSinceMs;
    long within = rate == 0 ? 0 : 1_000 / rate;
    if (rate == 0 || ticks) {
      assertThat(now - freeSinceMs).as("invariant 7: how long a slot of %d is free while somebody waits, %d admissions a second", limit(), rate)
          .isLessThan(Math.max(within, 1) + (rate == 0 ? -1 : 1));
    }
  }

  private boolean isWanted(QueueEvent word) {
    SlotHolder holder = word instanceof QueueEvent.SlotTaken taken ? taken.holder() : null;
    return holder != null && store.places.containsKey(holder.place()) && Audit.holds(store.places.get(holder.place()));
  }

  private void take(List<QueueEffect> effects) {
    long heldBefore = audit.held();
    List<PlaceRecord> promised = new ArrayList<>();
    List<QueueEffect.Write> group = new ArrayList<>();
    List<QueueEvent> said = new ArrayList<>();
    boolean crashes = false;
    for (QueueEffect effect : effects) {
      if (effect instanceof QueueEffect.Write write) {
        crashes = crashAfter >= 0 && group.size() >= crashAfter;
        if (crashes) {
          break;
        }
        group.add(write);
        write(write, promised).ifPresent(said::add);
      }
    }
    words.addAll(said);
    freeSinceMs = promised.isEmpty() ? freeSinceMs : -1;
    if (books != null) {
      books.commit(group, refused(said));
    }
    if (crashes) {
      failover(KILL_MS);
      return;
    }
    audit.promised(heldBefore, limit());
    audit.once();
    if (opened) {
      audit.inOrder(promised);
    }
    for (QueueEffect effect : effects) {
      if (effect instanceof QueueEffect.Answer answer) {
        answer(asking.remove(answer.ref()), answer);
      } else if (effect instanceof QueueEffect.Notify notify) {
        notice(notify.gateway(), notify.notice());
      }
    }
    if (prompt) {
      say();
    }
  }

  private Optional<QueueEvent> write(QueueEffect.Write write, List<PlaceRecord> promised) {
    if (write instanceof QueueEffect.PutPlace put) {
      PlaceRecord before = store.places.get(put.place().id());
      audit.put(before, put.place(), term, now);
      if (drainedAt >= 0) {
        audit.drained(put.place(), "g1", drainedAt);
      }
      if (Audit.holds(put.place()) && (before == null || !Audit.holds(before))) {
        // A socket that was in before everything was lost is in.
        assertThat(opened && !paused || before == null || before.stage() != PlaceRecord.Stage.WAITING || hearing instanceof QueueEvent.Reported)
            .as("invariant 5: %s is admitted before the queue is open", put.place()).isTrue();
        promised.add(put.place());
      } else if (before != null && before.stage() == PlaceRecord.Stage.GRACE && before.untilMs() <= now && put.place().stage() == PlaceRecord.Stage.ADMITTED) {
        // It lost its slot, stood in the line, and was the next to get one: in one step.
        promised.add(put.place());
      }
    } else if (write instanceof QueueEffect.DropPlace drop) {
      audit.dropped(drop.place());
    } else if (write instanceof QueueEffect.FreeSlot free) {
      audit.freed(free);
    } else if (write instanceof QueueEffect.TakeSlot take) {
      audit.taking(take.slot(), limit());
    }
    return store.write(write);
  }

  /** The store's word on slots comes. */
  void say() {
    while (!words.isEmpty()) {
      hear(words.removeFirst());
    }
  }

  private void answer(Client client, QueueEffect.Answer effect) {
    AdmissionAnswer answer = effect.answer();
    if (answer instanceof Waiting waiting) {
      audit.issued(waiting.claim());
      stands(waiting.claim().session().place(), waiting.standing());
    } else if (answer instanceof Admitted admitted) {
      admitted(admitted);
    }
    if (client == null || client.ref != effect.ref() || client.holder == null) {
      return;
    }
    if (answer instanceof Waiting waiting) {
      client.read(waiting.claim());
      client.waits(waiting.standing());
    } else if (answer instanceof Admitted admitted) {
      client.read(admitted.claim());
      client.in = client.isOnSocket();
      client.position = 0;
      client.claimByMs = admitted.claimByMs();
    } else if (answer instanceof Refused) {
      client.ended();
    }
  }

  /** 1: who is told that it is in has a slot. */
  private void admitted(Admitted admitted) {
    audit.issued(admitted.claim());
    PlaceRecord place = store.places.get(admitted.claim().session().place());
    assertThat(place).as("invariant 1: place of who is told that it is in").isNotNull();
    assertThat(Audit.holds(place)).as("invariant 1: %s holds a slot", place).isTrue();
    assertThat(place.slot() < 0 || place.user().equals(store.slots.get(place.slot()).user())).as("invariant 1: slot of %s is stored", place).isTrue();
  }

  private void notice(String gateway, AdmissionNotice notice) {
    Holder holder = new Holder(gateway, notice.connection());
    Optional<Client> found = clients.stream().filter(client -> holder.equals(client.holder)).findFirst();
    if (notice instanceof Promoted promoted) {
      admitted(promoted.admitted());
      if (found.isEmpty()) {
        hear(new QueueEvent.NobodyThere(gateway, notice.connection()));
      }
    } else if (notice instanceof Requeued requeued) {
      stands(requeued.waiting().claim().session().place(), requeued.waiting().standing());
    } else if (notice instanceof Moved moved && found.isPresent() && found.get().token != null) {
      stands(found.get().token.session().place(), moved.standing());
    } else if (notice instanceof Moved) {
      holding(holder).forEach(audit.ranks::unheard);
    }
    found.ifPresent(client -> tell(client, notice));
  }

  /** Where the order is wrong ranks are, too; the order is to be found then. */
  private void stands(String place, Standing standing) {
    if (bug.invariant != 5) {
      audit.ranks.told(place, standing);
    }
  }

  private List<String> holding(Holder holder) {
    return store.places.values().stream().filter(place -> place.sessions().stream().anyMatch(session -> holder.equals(session.holder()))).map(PlaceRecord::id).toList();
  }

  private void tell(Client client, AdmissionNotice notice) {
    if (notice instanceof Promoted promoted) {
      client.read(promoted.admitted().claim());
      client.in = true;
      client.position = 0;
    } else if (notice instanceof Requeued requeued) {
      client.read(requeued.waiting().claim());
      client.waits(requeued.waiting().standing());
    } else if (notice instanceof Moved moved) {
      client.waits(moved.standing());
    } else if (notice instanceof Ended) {
      client.ended();
    }
  }

  /** The socket of a client is gone; whether its gateway's word of that arrives. */
  void drop(Client client, boolean heard) {
    Holder holder = client.holder;
    client.holder = null;
    client.claimByMs = 0;
    if (client.token == null) {
      client.in = false;
    } else if (heard && holder.isSocket()) {
      client.graceUntilMs = client.in && !client.barred ? now + rules.slotGraceMs() : 0;
      ask(client, new Detach("q", client.token.session(), holder));
    } else {
      client.graceUntilMs = 0;
    }
  }
}
