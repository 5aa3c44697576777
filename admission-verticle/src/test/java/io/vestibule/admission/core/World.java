package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionNotice.Requeued;
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
import java.util.function.Function;
import java.util.function.IntSupplier;

/** A queue, its store, two gateways and a dozen tabs of half a dozen people; what they do comes from a history, and after each step the {@link Audit} looks at it. */
final class World {
  final QueueRules rules;
  final StoreInMemory store = new StoreInMemory();
  final Audit audit;
  final List<Client> clients = new ArrayList<>();
  final Set<String> alive = new HashSet<>(Set.of("g0", "g1"));
  private final Deque<QueueEvent> words = new ArrayDeque<>();
  private final Map<Long, Client> asking = new HashMap<>();
  private final Function<IntSupplier, Slots> slots;
  QueueCore core;
  long now = 1_000_000_000_000L;
  long term = 1;
  int capacity;
  int offered;
  boolean opened;
  boolean paused;
  /** Whether the store answers at once. */
  boolean prompt = true;
  /** After so many writes of the next event the coordinator dies; negative: it lives. */
  int crashAfter = -1;
  long refs;
  final Map<String, Long> seen = new HashMap<>();
  private long connections;

  World(boolean replaceOldest, Function<IntSupplier, Slots> slots) {
    rules = new QueueRules("q", 2, 0, Map.of("gold", 10_000L), 2, replaceOldest, 60_000, 300_000, 30_000, 60_000, 4, 1024, 0);
    audit = new Audit(rules, store);
    capacity = rules.capacity();
    this.slots = slots;
    for (int i = 0; i < 12; i++) {
      clients.add(new Client("user" + i / 2, i / 2 % 3 == 2 ? "gold" : null));
    }
    core = newCore();
    opened = true;
    hear(new QueueEvent.Opened());
  }

  private QueueCore newCore() {
    return new QueueCore(rules, term, slots.apply(() -> core.status(now).connected()));
  }

  /** Keeps what the coordinator counted. */
  void note() {
    core.status(now).counters().forEach((what, count) -> seen.merge(what, count, Long::sum));
  }

  int limit() {
    return capacity == 0 ? offered : offered == 0 ? capacity : Math.min(capacity, offered);
  }

  Holder newSocket(int gateway) {
    return new Holder("g" + gateway, "c" + ++connections);
  }

  /** Another coordinator takes over what is stored, hears the gateways and opens. */
  void failover() {
    note();
    crashAfter = -1;
    words.clear();
    asking.clear();
    term++;
    opened = false;
    capacity = store.queue.capacity() >= 0 ? store.queue.capacity() : rules.capacity();
    paused = store.queue.paused();
    core = newCore();
    int nodesOffer = offered;
    offered = 0;
    take(core.restore(new ArrayList<>(store.places.values()), new HashMap<>(store.slots), store.queue, now));
    offered = nodesOffer;
    hear(new QueueEvent.Offered(offered));
    hear(new QueueEvent.Alive(Set.copyOf(alive)));
    alive.stream().sorted().forEach(this::report);
    opened = true;
    hear(new QueueEvent.Opened());
  }

  void report(String gateway) {
    hear(new QueueEvent.Reported(gateway, clients.stream()
        .filter(client -> client.isOnSocket() && client.token != null && client.holder.gateway().equals(gateway))
        .map(client -> new Socket("q", client.holder.connection(), client.token, client.in)).toList()));
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
    take(core.handle(event, now));
    if (opened && !paused) {
      audit.nobodyWaitsInVain(limit(), (int) words.stream().filter(word -> !isWanted(word)).count());
    }
    if (words.isEmpty()) {
      audit.settled();
    }
  }

  private boolean isWanted(QueueEvent word) {
    SlotHolder holder = word instanceof QueueEvent.SlotTaken taken ? taken.holder() : null;
    return holder != null && store.places.containsKey(holder.place()) && Audit.holds(store.places.get(holder.place()));
  }

  private void take(List<QueueEffect> effects) {
    long heldBefore = audit.held();
    List<PlaceRecord> promised = new ArrayList<>();
    int writes = 0;
    for (QueueEffect effect : effects) {
      if (effect instanceof QueueEffect.Write write) {
        if (crashAfter >= 0 && writes++ >= crashAfter) {
          failover();
          return;
        }
        write(write, promised);
      }
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

  private void write(QueueEffect.Write write, List<PlaceRecord> promised) {
    if (write instanceof QueueEffect.PutPlace put) {
      PlaceRecord before = store.places.get(put.place().id());
      audit.put(before, put.place(), term, now);
      if (Audit.holds(put.place()) && (before == null || !Audit.holds(before))) {
        promised.add(put.place());
      }
    } else if (write instanceof QueueEffect.FreeSlot free) {
      audit.freed(free);
    } else if (write instanceof QueueEffect.TakeSlot take) {
      audit.taking(take.slot(), limit());
    }
    Optional<QueueEvent> word = store.write(write);
    word.ifPresent(words::add);
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
      audit.told(waiting.claim().session().place(), waiting.standing());
    } else if (answer instanceof Admitted admitted) {
      admitted(admitted);
    }
    if (client == null || client.ref != effect.ref() || client.holder == null) {
      return;
    }
    if (answer instanceof Waiting waiting) {
      client.read(waiting.claim());
      client.in = false;
    } else if (answer instanceof Admitted admitted) {
      client.read(admitted.claim());
      client.in = client.isOnSocket();
      client.claimByMs = admitted.claimByMs();
    } else if (answer instanceof Refused) {
      client.ended();
    }
  }

  /** 1: who is told that it is in has a slot. */
  private void admitted(Admitted admitted) {
    audit.issued(admitted.claim());
    PlaceRecord place = store.places.get(admitted.claim().session().place());
    assertThat(place).as("place of who is told that it is in").isNotNull();
    assertThat(Audit.holds(place)).as("%s holds a slot", place).isTrue();
    assertThat(place.slot() < 0 || place.user().equals(store.slots.get(place.slot()).user())).as("slot of %s is stored", place).isTrue();
  }

  private void notice(String gateway, AdmissionNotice notice) {
    Holder holder = new Holder(gateway, notice.connection());
    Optional<Client> found = clients.stream().filter(client -> holder.equals(client.holder)).findFirst();
    if (notice instanceof Promoted promoted) {
      admitted(promoted.admitted());
      if (found.isEmpty()) {
        hear(new QueueEvent.NobodyThere(gateway, notice.connection()));
      }
    } else if (notice instanceof Moved moved && found.isPresent() && found.get().token != null) {
      audit.told(found.get().token.session().place(), moved.standing());
    }
    found.ifPresent(client -> tell(client, notice));
  }

  private void tell(Client client, AdmissionNotice notice) {
    if (notice instanceof Promoted promoted) {
      client.read(promoted.admitted().claim());
      client.in = true;
    } else if (notice instanceof Requeued requeued) {
      client.read(requeued.waiting().claim());
      client.in = false;
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
      client.graceUntilMs = client.in ? now + rules.slotGraceMs() : 0;
      ask(client, new Detach("q", client.token.session(), holder));
    } else {
      client.graceUntilMs = 0;
    }
  }
}
