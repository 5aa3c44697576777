package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.ReadRequest.From;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A log, a bus, and two event loops with their clients, for tests of those who come back: each client asserts that what it is told goes on from what it was told before. */
final class ReturnsWorld {
  static final String TOPIC = "durable.a";

  final Random random;
  final LogCalls calls;
  final Map<Long, Long> epochOf = new HashMap<>();
  ShardLog shard = new ShardLog(1);
  ShardLog backup;
  long now;
  long number;
  int gaps;
  int unrecovered;
  final List<String> why = new ArrayList<>();
  final int kept;
  /** Whether who comes back has its turn with the others only. */
  boolean late;
  /** Whether nobody forgets where he was, and nothing is known to be acknowledged. */
  boolean plain;
  final Random others;
  /** Whether nothing is lost: then what is acknowledged stays so. */
  boolean harmless;
  /** What was acknowledged last, and where the log ended when somebody asked for that a while ago; null where nothing was, or nobody did. */
  Appended acknowledged;
  Slice end;
  /** How far whoever appends knows the shard to have been, as the stores see to: else places would be given away again, and who comes back could be told nothing that is sure. */
  ShardPlace known = ShardPlace.UNKNOWN;
  final Map<String, Long> places = new HashMap<>();
  /** When what came last to a place did. */
  final Map<String, Long> orderAt = new HashMap<>();
  final Map<Long, Long> orderOf = new HashMap<>();
  /** Whether some may have only what came since they first were there, and whether they say that they are elsewhere than they are. */
  boolean bound;
  boolean lies;
  RecentRun<Message> run;
  final List<Loop> loops = new ArrayList<>();

  ReturnsWorld(long seed, int kept) {
    random = new Random(seed);
    others = new Random(seed + 1);
    calls = new LogCalls(seed);
    this.kept = kept;
    run = newRun();
    loops.add(new Loop(this));
    loops.add(new Loop(this));
  }

  RecentRun<Message> newRun() {
    return new RecentRun<>(message -> 1, 1 + random.nextInt(40));
  }

  long nothing() {
    return Epoch.ofNothing(shard.lineage());
  }

  Slice read(long after, int most) {
    return shard.read(new ReadRequest(TOPIC, From.AFTER_OFFSET, after, most, 1 << 20, 0));
  }

  void append() {
    Append append = new Append(TOPIC, 1 + random.nextInt(2), ++number, now, calls.epoch(), new LogBounds(kept, 1_000_000, 0), List.of(new Append.Draft(null, new byte[0])), known);
    Appended done = shard.append(append, 1L << 40);
    known = known.heard(done.lineage(), done.firstVersion());
    assertThat(places.putIfAbsent(done.epoch() + ":" + done.offsets()[0], append.origin(0))).as("no place is given away twice").isNull();
    if (!plain && others.nextBoolean()) {
      acknowledged = done;
    }
    if (harmless && others.nextInt(4) == 0) {
      end = read(1L << 40, 1);
    }
    Slice all = read(0, 10_000);
    Message message = all.messages().get(all.messages().size() - 1);
    epochOf.put(message.origin(), done.epoch());
    orderOf.put(message.origin(), number);
    orderAt.put(done.epoch() + ":" + message.offset(), number);
    loops.forEach(loop -> loop.bus.add(message));
  }

  /** What a client makes of what it is told; it keeps its place over its returns. */
  static final class Client {
    final List<String> told = new ArrayList<>();
    long epoch;
    long offset;
    Coming coming;
    Loop on;
    final boolean bound;
    long boundEpoch = Return.NO_EPOCH;
    long boundOffset;
    /** Nothing that came up to then is for it; -1 before it was there. */
    long forbidden = -1;

    Client(boolean bound) {
      this.bound = bound;
    }

    /** Where a tail comes back to an epoch in which it was late, it is so for everybody who hears it. */
    void bind(ReturnsWorld world, long itsEpoch, long itsOffset, boolean comesBack) {
      boundEpoch = itsEpoch;
      boundOffset = itsOffset;
      long order = world.orderAt.getOrDefault(itsEpoch + ":" + itsOffset, 0L);
      forbidden = forbidden < 0 ? order : comesBack ? Math.min(forbidden, order) : forbidden;
    }

    void lie(ReturnsWorld world) {
      Random random = world.random;
      int lie = random.nextInt(5);
      List<Long> epochs = List.copyOf(world.epochOf.values());
      epoch = lie == 2 ? world.nothing() : lie == 3 && !epochs.isEmpty() ? epochs.get(random.nextInt(epochs.size())) : epoch;
      offset = lie == 2 || lie == 3 ? 0 : lie == 0 ? random.nextInt((int) offset + 1) : lie == 1 && !Epoch.isNothing(epoch) ? offset + random.nextInt(9) : offset;
      told.add("says " + epoch + ":" + offset);
    }

    void isFor(ReturnsWorld world, Message message) {
      assertThat(world.orderOf.get(message.origin())).as("bound by %s:%s, told %s", boundEpoch, boundOffset, told).isGreaterThan(forbidden);
    }

    void takes(long its, Message message) {
      if (Epoch.isNothing(epoch) && Epoch.isFirst(its)) {
        epoch = its;
      }
      assertThat(its).as("%s", told).isEqualTo(epoch);
      assertThat(message.offset()).as("%s", told).isEqualTo(offset + 1);
      offset++;
      told.add(epoch + ":" + offset);
    }

    void gap(long fromEpoch, long from, long toEpoch, long to) {
      if (Epoch.isNothing(epoch) && Epoch.isFirst(fromEpoch) && from == 0) {
        epoch = fromEpoch;
      }
      assertThat(fromEpoch).as("%s", told).isEqualTo(epoch);
      assertThat(from).as("%s", told).isEqualTo(offset);
      told.add("gap to " + toEpoch + ":" + to);
      epoch = toEpoch;
      offset = to;
    }
  }

  static final class Coming extends Return {
    final Client client;
    /** Where the tail was when it had begun; epoch 0 before that. */
    long beginsIn;
    long begins;
    /** What had been acknowledged when it asked, or null. */
    Appended known;

    Coming(Client client) {
      super(client.epoch, client.offset);
      this.client = client;
    }
  }

  /** An event loop: a tail, those who are live, and those who come back. */
  static final class Loop implements Tail.Out<Message>, Returns.Way<Coming, Message> {
    final ReturnsWorld world;
    final List<Message> bus = new ArrayList<>();
    final Tail<Message> tail = new Tail<>(0);
    final Returns<Coming, Message> returns = new Returns<>(tail, this);
    final Set<Client> live = new LinkedHashSet<>();
    final Set<Coming> coming = new LinkedHashSet<>();
    Slice reading;
    Page<Message> page;
    boolean doubts;
    /** Epochs in which its tail was, and whether the one in which it is now is among those that it, or the log, had left. */
    final Set<Long> been = new LinkedHashSet<>();
    boolean comesBack;

    Loop(ReturnsWorld world) {
      this.world = world;
    }

    void begin(Client client) {
      client.on = this;
      if (world.lies && client.bound && client.epoch != 0) {
        client.lie(world);
      }
      client.coming = new Coming(client);
      if (world.acknowledged != null) {
        client.coming.known = world.acknowledged;
        client.coming.knows(world.acknowledged.epoch(), world.acknowledged.offsets()[0]);
      }
      if (client.bound) {
        client.coming.bind(client.boundEpoch, client.boundOffset);
      }
      coming.add(client.coming);
      if (!tail.begun()) {
        Slice end = world.end != null ? world.end : world.read(1L << 40, 1);
        tail.begin(end.epoch() == 0 ? world.nothing() : end.epoch(), end.head(), world.now, this);
      }
      if (!world.late) {
        step(client.coming, null);
      }
    }

    void heads() {
      if (doubts) {
        tail.doubt(world.now);
        doubts = false;
      }
      Slice end = world.read(0, 1);
      if (end.epoch() != 0) {
        tail.head(end.epoch(), end.head(), world.now);
      }
    }

    /** The tail asks, or is answered. */
    void read() {
      if (reading == null && tail.isDue(world.now)) {
        tail.asks();
        reading = tail.begun() ? world.read(tail.offset(), 3) : world.shard.read(new ReadRequest(TOPIC, From.AFTER_VERSION, 0, 3, 1 << 20, 0));
      } else if (reading != null) {
        Tail.Behind behind = tail.read(reading, reading.messages(), world.nothing(), world.now, this);
        reading = null;
        if (behind != null) {
          world.shard.renew(TOPIC, behind.epoch(), behind.offset(), world.calls.renewedEpoch(), world.known);
        }
      }
    }

    /** Those who come back have their turns, and are answered. */
    void turn() {
      Page<Message> read = page;
      if (read != null && world.random.nextBoolean()) {
        page = null;
        world.run.read(read);
      } else {
        read = null;
      }
      List<Coming> order = new ArrayList<>(coming);
      Collections.shuffle(order, world.random);
      for (Coming who : order) {
        step(who, read);
      }
    }

    void leave(Client client) {
      if (client.coming != null) {
        client.coming.end();
        coming.remove(client.coming);
      }
      live.remove(client);
      client.on = null;
    }

    void step(Coming who, Page<Message> read) {
      knowsTail(who);
      Returns.Step step = returns.step(who, read, 1 + world.random.nextInt(5));
      if (step == Returns.Step.HUNGRY && page == null) {
        long wants = who.wants(tail.epoch());
        long after = world.run.readAfter(tail.epoch(), wants);
        Slice slice = world.read(after, 1 + world.random.nextInt(6));
        page = Page.of(slice, after, slice.messages());
      }
    }

    @Override
    public void begun() {
      // They have their turns when the loop comes to it.
      been.add(tail.epoch());
      coming.forEach(who -> {
        returns.begun(who);
        knowsTail(who);
      });
    }

    private void knowsTail(Coming who) {
      if (who.beginsIn == 0) {
        who.beginsIn = tail.epoch();
        who.begins = tail.offset();
      }
    }

    /** From now on is behind where the tail was, and behind what was acknowledged. */
    private void begins(Coming who, long epoch, long offset) {
      boolean passes = who.known != null && who.known.epoch() == epoch;
      long begins = Math.max(epoch == who.beginsIn ? who.begins : 0, passes ? who.known.offsets()[0] : 0);
      if (who.client.bound) {
        assertThat(epoch).isEqualTo(tail.epoch());
        assertThat(offset).isGreaterThanOrEqualTo(Math.max(begins, who.client.boundOffset));
        return;
      }
      assertThat(passes || epoch == who.beginsIn).isTrue();
      assertThat(passes || who.known == null || !world.harmless).as("behind what was acknowledged").isTrue();
      assertThat(offset).isEqualTo(begins);
    }

    @Override
    public void deliver(Message message) {
      world.run.extend(tail.epoch(), tail.offset(), message);
      if (world.harmless) {
        // A tail is late where a log ends and begins anew, for everybody.
        live.forEach(client -> client.isFor(world, message));
      }
      // Who begins while a tail brings a log from its beginning gets what other epochs held as of the one in which the log goes on, where that is what it has.
      long its = message.offset() <= tail.epochBegan() ? tail.epoch() : world.epochOf.get(message.origin());
      List.copyOf(live).forEach(client -> client.takes(its, message));
    }

    @Override
    public void gap(long fromEpoch, long from, long toEpoch, long to) {
      world.gaps++;
      world.why.add("tail " + fromEpoch + ":" + from + " to " + toEpoch + ":" + to);
      List.copyOf(live).forEach(client -> client.gap(fromEpoch, from, toEpoch, to));
    }

    @Override
    public boolean hasRoom(Coming who) {
      return world.random.nextInt(4) > 0;
    }

    @Override
    public void begun(Coming who, long epoch, long offset, Boolean recovered) {
      if (recovered == null) {
        begins(who, epoch, offset);
        who.client.epoch = epoch;
        who.client.offset = offset;
        who.client.told.add("begins at " + epoch + ":" + offset);
      } else if (recovered) {
        if (!Epoch.isNothing(who.client.epoch)) {
          assertThat(epoch).isEqualTo(who.client.epoch);
        }
        assertThat(offset).isGreaterThanOrEqualTo(who.client.offset);
      } else {
        world.unrecovered++;
        world.why.add(who.client.epoch + ":" + who.client.offset + " in " + epoch + ":" + offset + " after " + who.client.told);
      }
    }

    @Override
    public void deliver(Coming who, Message message) {
      who.client.isFor(world, message);
      who.client.takes(world.epochOf.get(message.origin()), message);
    }

    @Override
    public void gap(Coming who, long fromEpoch, long from, long toEpoch, long to) {
      world.gaps++;
      world.why.add("gap " + fromEpoch + ":" + from + " to " + toEpoch + ":" + to + " after " + who.client.told);
      who.client.gap(fromEpoch, from, toEpoch, to);
    }

    @Override
    public void changed(long epoch, long offset) {
      // The log may be over by now: what was late on the bus tells a loop of it that began after that.
      comesBack = !been.add(epoch) | world.read(0, 1).epoch() != epoch;
      live.stream().filter(client -> client.bound && client.boundEpoch != epoch).forEach(client -> client.bind(world, epoch, offset, comesBack));
    }

    @Override
    public void bound(Coming who, long epoch, long offset) {
      who.client.bind(world, epoch, offset, who.isTold() && comesBack);
    }

    @Override
    public void live(Coming who) {
      if (Epoch.isNothing(who.client.epoch) && Epoch.isFirst(tail.epoch()) && tail.offset() == 0) {
        // It will see that with the first message.
        who.client.epoch = tail.epoch();
      }
      assertThat(who.client.epoch).isEqualTo(tail.epoch());
      assertThat(who.client.offset).as("%s", who.client.told).isEqualTo(tail.offset());
      coming.remove(who);
      live.add(who.client);
    }

    @Override
    public Page<Message> recent(long epoch, long offset) {
      return world.run.after(epoch, offset, 3);
    }

    @Override
    public void doubt(Page<Message> read) {
      if (read.epoch() == 0 || read.epoch() == tail.epoch() && read.head() <= tail.offset()) {
        tail.doubt(world.now);
      } else {
        tail.head(read.epoch(), read.head(), world.now);
      }
    }

    @Override
    public void known(long epoch, long offset) {
      tail.head(epoch, offset, world.now);
    }

    @Override
    public long nothing() {
      return world.nothing();
    }
  }
}
