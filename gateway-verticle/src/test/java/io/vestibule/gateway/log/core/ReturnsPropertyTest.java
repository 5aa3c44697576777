package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.ReturnsWorld.Client;
import io.vestibule.gateway.log.core.ReturnsWorld.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * A log that is appended to, trimmed, replaced by an older copy of itself and lost; a bus that loses and reorders; the tails of two event loops; and clients that go and come back to either of them: each is told everything
 * once and in order, or a gap that covers what it was not told.
 */
class ReturnsPropertyTest {
  /** The log has gone back to where only the recent messages knew more: no tail had come as far. */
  @Test
  void whatOnlyRecentMessagesKnewIsMissed() {
    ReturnsWorld world = new ReturnsWorld(311, 8);
    world.plain = true;
    play(world, true);
  }

  @Property(tries = 3_000)
  void everyHoleIsTold(@ForAll long seed) {
    play(new ReturnsWorld(seed, 8), true);
  }

  /** What was restored from the past, or goes on in another epoch, is all still there, and not hidden by what was trimmed. */
  @Property(tries = 3_000)
  void everyHoleIsToldThoughNothingIsTrimmed(@ForAll long seed) {
    play(new ReturnsWorld(seed, 10_000), true);
  }

  @Property(tries = 3_000)
  void whereTheLogHasEverythingThereIsNoHole(@ForAll long seed) {
    ReturnsWorld world = new ReturnsWorld(seed, 10_000);
    world.harmless = true;
    play(world, false);
    assertThat(world.gaps).as("%s", world.why).isZero();
    assertThat(world.unrecovered).as("%s", world.why).isZero();
  }

  @Property(tries = 3_000)
  void whoHasItsTurnLateMissesNothing(@ForAll long seed) {
    ReturnsWorld world = new ReturnsWorld(seed, 10_000);
    world.harmless = true;
    world.late = true;
    play(world, false);
    assertThat(world.gaps).as("%s", world.why).isZero();
    assertThat(world.unrecovered).as("%s", world.why).isZero();
  }

  /** Whatever those say who may have only what came since they first were there. */
  @Property(tries = 3_000)
  void whoIsBoundGetsNothingFromBefore(@ForAll long seed) {
    ReturnsWorld world = new ReturnsWorld(seed, seed % 3 == 0 ? 10_000 : 8);
    world.bound = true;
    world.lies = true;
    world.harmless = seed % 3 == 0;
    play(world, !world.harmless);
  }

  /** A tail begins with a log that goes on in another epoch, and somebody begins before it has passed what the log had before. */
  @Test
  void whatOtherEpochsHeldIsOfTheOneInWhichTheLogGoesOn() {
    whoIsBoundGetsNothingFromBefore(-337797227);
  }

  @Property(tries = 3_000)
  void whoIsBoundMissesNothingSince(@ForAll long seed) {
    ReturnsWorld world = new ReturnsWorld(seed, 10_000);
    world.bound = true;
    world.harmless = true;
    play(world, false);
    assertThat(world.gaps).as("%s", world.why).isZero();
    assertThat(world.unrecovered).as("%s", world.why).isZero();
  }

  private static void play(ReturnsWorld world, boolean harmed) {
    Random random = world.random;
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(new Client(world.bound && i > 0));
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
  }

  private static void hear(ReturnsWorld world, Loop loop) {
    Random random = world.random;
    if (!loop.bus.isEmpty()) {
      Message message = random.nextInt(5) == 0 ? loop.bus.get(random.nextInt(loop.bus.size())) : loop.bus.remove(random.nextInt(Math.min(3, loop.bus.size())));
      long epoch = world.epochOf.get(message.origin());
      // Of a log that is over something may come very late, and is news to everybody.
      boolean mayCome = !world.bound || message.offset() > 1 || world.read(0, 1).epoch() == epoch;
      if (random.nextInt(6) > 0 && mayCome) {
        loop.tail.hear(epoch, message.offset(), message, world.now, loop);
      }
    }
  }

  private static void harm(ReturnsWorld world) {
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
  private static void settle(ReturnsWorld world, List<Client> clients) {
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
}
