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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * A log that is appended to, trimmed, replaced by an older copy of itself and lost; a bus that loses and reorders; the tails of two event loops; and clients that go and come back to either of them: each is told everything
 * once and in order, or a gap that covers what it was not told.
 */
class ReturnsPropertyTest {
  private static final String TOPIC = "durable.a";

  /** The log has gone back to where only the recent messages knew more: no tail had come as far. */
  @Test
  void whatOnlyRecentMessagesKnewIsMissed() {
    World world = new World(311, 8);
    world.plain = true;
    play(world, true);
  }

  @Property(tries = 3_000)
  void everyHoleIsTold(@ForAll long seed) {
    play(seed, 8, true);
  }

  @Property(tries = 3_000)
  void whereTheLogHasEverythingThereIsNoHole(@ForAll long seed) {
    World world = new World(seed, 10_000);
    world.harmless = true;
    play(world, false);
    assertThat(world.gaps).as("%s", world.why).isZero();
    assertThat(world.unrecovered).as("%s", world.why).isZero();
  }

  @Property(tries = 3_000)
  void whoHasItsTurnLateMissesNothing(@ForAll long seed) {
    World world = new World(seed, 10_000);
    world.harmless = true;
    world.late = true;
    play(world, false);
    assertThat(world.gaps).as("%s", world.why).isZero();
    assertThat(world.unrecovered).as("%s", world.why).isZero();
  }

  private static World play(long seed, int kept, boolean harmed) {
    return play(new World(seed, kept), harmed);
  }

  private static World play(World world, boolean harmed) {
    Random random = world.random;
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(new Client());
    }
    for (int step = 0; step < 300; step++) {
      world.now += random.nextInt(40);
      Loop loop = world.loops.get(random.nextInt(2));
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> world.append();
        case 3, 4, 5 -> hear(world, loop);
        case 6 -> loop.heads();
        case 7 -> loop.read();
        case 8, 9 -> {
          Client client = clients.get(random.nextInt(clients.size()));
          if (client.on == null) {
            loop.begin(client);
          } else if (random.nextInt(3) == 0) {
            client.on.leave(client);
            if (!world.plain && world.others.nextInt(4) == 0) {
              client.epoch = 0;
            }
          }
        }
        case 10 -> loop.turn();
        default -> {
          if (random.nextInt(10) == 0) {
            world.run = world.newRun();
          } else if (harmed) {
            harm(world);
          }
        }
      }
    }
    settle(world, clients);
    return world;
  }

  private static void hear(World world, Loop loop) {
    Random random = world.random;
    if (!loop.bus.isEmpty()) {
      Message message = random.nextInt(5) == 0 ? loop.bus.get(random.nextInt(loop.bus.size())) : loop.bus.remove(random.nextInt(Math.min(3, loop.bus.size())));
      if (random.nextInt(6) > 0) {
        loop.tail.hear(world.epochOf.get(message.origin()), message.offset(), message, world.now, loop);
      }
    }
  }

  private static void harm(World world) {
    Random random = world.random;
    if (random.nextInt(8) == 0) {
      world.shard = new ShardLog(Lineage.ofNew(random.nextLong()));
      world.loops.forEach(loop -> loop.tail.lose(world.nothing(), false, loop));
    } else if (random.nextInt(8) == 0) {
      world.backup = new ShardLog(world.shard.lineage(), world.shard.version(), world.shard.clockMs(), 0, world.shard.images());
    } else if (world.backup != null && world.backup.lineage() == world.shard.lineage() && random.nextInt(6) == 0) {
      world.shard = world.backup;
      world.backup = null;
      world.loops.forEach(loop -> loop.doubts = true);
    }
  }

  /** Nothing more comes by the bus: the heads and the log alone bring everything. */
  private static void settle(World world, List<Client> clients) {
    world.loops.forEach(loop -> loop.tail.doubt(world.now));
    for (Client client : clients) {
      if (client.on == null) {
        world.loops.get(world.random.nextInt(2)).begin(client);
      }
    }
    for (int i = 0; i < 4_000; i++) {
      world.now += 100;
      for (Loop loop : world.loops) {
        loop.heads();
        loop.read();
        loop.turn();
      }
    }
    Slice end = world.read(0, 10_000);
    for (Client client : clients) {
      if (end.epoch() == 0) {
        // Whoever is further than the tail waits for what comes next.
        continue;
      }
      assertThat(client.on.live).as("%s:%s is back to %s:%s, told %s, %s", client.epoch, client.offset, client.on.tail.epoch(), client.on.tail.offset(), client.coming.told, client.told).contains(client);
      assertThat(client.epoch).as("%s", client.told).isEqualTo(end.epoch());
      assertThat(client.offset).as("%s", client.told).isEqualTo(end.head());
    }
  }

  private static final class World {
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
    /** Whether whoever appends knows how far the shard has been. */
    final boolean informed;
    ShardPlace known = ShardPlace.UNKNOWN;
    final Map<String, Long> places = new HashMap<>();
    RecentRun<Message> run;
    final List<Loop> loops = new ArrayList<>();

    World(long seed, int kept) {
      random = new Random(seed);
      others = new Random(seed + 1);
      calls = new LogCalls(seed);
      this.kept = kept;
      informed = random.nextBoolean();
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
      if (informed) {
        known = known.heard(done.lineage(), done.firstVersion());
        assertThat(places.putIfAbsent(done.epoch() + ":" + done.offsets()[0], append.origin(0))).as("no place is given away twice").isNull();
      }
      if (!plain && others.nextBoolean()) {
        acknowledged = done;
      }
      if (harmless && others.nextInt(4) == 0) {
        end = read(1L << 40, 1);
      }
      Slice all = read(0, 10_000);
      Message message = all.messages().get(all.messages().size() - 1);
      epochOf.put(message.origin(), done.epoch());
      loops.forEach(loop -> loop.bus.add(message));
    }
  }

  /** What a client makes of what it is told; it keeps its place over its returns. */
  private static final class Client {
    final List<String> told = new ArrayList<>();
    long epoch;
    long offset;
    Coming coming;
    Loop on;

    void takes(World world, Message message) {
      long its = world.epochOf.get(message.origin());
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

  private static final class Coming extends Return {
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
  private static final class Loop implements Tail.Out<Message>, Returns.Way<Coming, Message> {
    final World world;
    final List<Message> bus = new ArrayList<>();
    final Tail<Message> tail = new Tail<>(0);
    final Returns<Coming, Message> returns = new Returns<>(tail, this);
    final Set<Client> live = new LinkedHashSet<>();
    final Set<Coming> coming = new LinkedHashSet<>();
    Slice reading;
    Page<Message> page;
    boolean doubts;

    Loop(World world) {
      this.world = world;
    }

    void begin(Client client) {
      client.on = this;
      client.coming = new Coming(client);
      if (world.acknowledged != null) {
        client.coming.known = world.acknowledged;
        client.coming.knows(world.acknowledged.epoch(), world.acknowledged.offsets()[0]);
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
      assertThat(passes || epoch == who.beginsIn).isTrue();
      assertThat(passes || who.known == null || !world.harmless).as("behind what was acknowledged").isTrue();
      assertThat(offset).isEqualTo(Math.max(epoch == who.beginsIn ? who.begins : 0, passes ? who.known.offsets()[0] : 0));
    }

    @Override
    public void deliver(Message message) {
      world.run.extend(tail.epoch(), tail.offset(), message);
      List.copyOf(live).forEach(client -> client.takes(world, message));
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
      who.client.takes(world, message);
    }

    @Override
    public void gap(Coming who, long fromEpoch, long from, long toEpoch, long to) {
      world.gaps++;
      world.why.add("gap " + fromEpoch + ":" + from + " to " + toEpoch + ":" + to + " after " + who.client.told);
      who.client.gap(fromEpoch, from, toEpoch, to);
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
