package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.ReadRequest.From;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A log that is appended to, bounded, replaced by an older copy of itself and lost; a bus that loses, doubles and reorders; and a tail: what it tells is in order, nothing twice, every hole is told, and in the
 * end it has everything.
 */
class TailPropertyTest {
  private static final String TOPIC = "durable.a";
  private static final long NOTHING = Epoch.ofNothing(1);

  /** What a subscriber makes of what it is told. */
  private static final class Subscriber implements Tail.Out<Message> {
    private final Map<Long, Long> epochOf = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private long epoch;
    private long offset;
    private long delivered;
    private long gaps;

    @Override
    public void deliver(Message message) {
      if (epoch == 0) {
        epoch = epochOf.get(message.origin());
        offset = message.offset() - 1;
      }
      assertThat(epochOf.get(message.origin())).isEqualTo(epoch);
      assertThat(message.offset()).as("after %s", told).isEqualTo(offset + 1);
      offset++;
      delivered++;
      told.add(epoch + ":" + offset);
    }

    @Override
    public void gap(long fromEpoch, long from, long toEpoch, long to) {
      if (epoch != 0) {
        assertThat(fromEpoch).isEqualTo(epoch);
        assertThat(from).isEqualTo(offset);
      }
      assertThat(toEpoch != fromEpoch || to > from).isTrue();
      epoch = toEpoch;
      offset = to;
      gaps++;
      told.add("gap to " + epoch + ":" + offset);
    }
  }

  @Property(tries = 5_000)
  void everyHoleIsTold(@ForAll long seed) {
    play(seed, 8, true);
  }

  @Property(tries = 5_000)
  void whereTheLogHasEverythingThereIsNoHole(@ForAll long seed) {
    Subscriber subscriber = play(seed, 10_000, false);
    assertThat(subscriber.gaps).isZero();
    assertThat(subscriber.delivered).as("of %s", subscriber.told).isEqualTo(subscriber.epochOf.size());
  }

  private static Subscriber play(long seed, int kept, boolean harmed) {
    Random random = new Random(seed);
    LogCalls calls = new LogCalls(seed);
    ShardLog shard = new ShardLog(1);
    ShardLog backup = null;
    Subscriber subscriber = new Subscriber();
    Tail<Message> tail = new Tail<>(0);
    List<Message> bus = new ArrayList<>();
    Slice reading = null;
    long now = 0;
    long number = 0;
    boolean doubts = false;
    for (int step = 0; step < 150; step++) {
      now += random.nextInt(40);
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          Append append = new Append(TOPIC, 1 + random.nextInt(2), ++number, now, calls.epoch(), new LogBounds(kept, 1_000_000, 0), List.of(new Append.Draft(null, new byte[0])));
          Appended done = shard.append(append, 1L << 40);
          Message message = all(shard).messages().get(all(shard).messages().size() - 1);
          subscriber.epochOf.put(message.origin(), done.epoch());
          bus.add(message);
        }
        case 4, 5, 6 -> {
          if (!bus.isEmpty()) {
            Message message = random.nextInt(5) == 0 ? bus.get(random.nextInt(bus.size())) : bus.remove(random.nextInt(bus.size()));
            if (random.nextInt(6) > 0) {
              tail.hear(subscriber.epochOf.get(message.origin()), message.offset(), message, now, subscriber);
            }
          }
        }
        case 7 -> {
          if (doubts) {
            tail.doubt(now);
            doubts = false;
          }
          Slice end = all(shard);
          if (end.epoch() != 0) {
            tail.head(end.epoch(), end.head(), now);
          }
        }
        case 8 -> {
          if (reading == null && tail.isDue(now)) {
            reading = next(shard, tail);
          } else if (reading != null) {
            answer(shard, tail, reading, now, subscriber, calls);
            reading = null;
          }
        }
        default -> {
          if (!harmed) {
            continue;
          }
          if (random.nextInt(12) == 0) {
            shard = new ShardLog(random.nextLong());
          } else if (random.nextInt(12) == 0) {
            backup = new ShardLog(shard.lineage(), shard.version(), shard.clockMs(), 0, shard.images());
          } else if (backup != null && random.nextInt(12) == 0) {
            shard = backup;
            backup = null;
            doubts = true;
          }
        }
      }
    }
    tail.doubt(now);
    // Nothing more comes by the bus: the heads and the log alone bring everything.
    for (int i = 0; i < 40; i++) {
      now += 100;
      Slice end = all(shard);
      if (end.epoch() != 0) {
        tail.head(end.epoch(), end.head(), now);
      }
      if (tail.isDue(now)) {
        answer(shard, tail, next(shard, tail), now, subscriber, calls);
      }
    }
    Slice end = all(shard);
    if (end.epoch() != 0) {
      assertThat(tail.epoch()).isEqualTo(end.epoch());
      assertThat(tail.offset()).isEqualTo(end.head());
      assertThat(tail.isMissing()).isFalse();
    }
    return subscriber;
  }

  private static Slice all(ShardLog shard) {
    return shard.read(new ReadRequest(TOPIC, From.AFTER_OFFSET, 0, 1_000, 1 << 20, 0));
  }

  private static Slice next(ShardLog shard, Tail<Message> tail) {
    tail.asks();
    return shard.read(new ReadRequest(TOPIC, tail.begun() ? From.AFTER_OFFSET : From.AFTER_VERSION, tail.begun() ? tail.offset() : 0, 3, 1 << 20, 0));
  }

  private static void answer(ShardLog shard, Tail<Message> tail, Slice slice, long now, Subscriber subscriber, LogCalls calls) {
    Tail.Behind behind = tail.read(slice, slice.messages(), NOTHING, now, subscriber);
    if (behind != null) {
      shard.renew(TOPIC, behind.epoch(), behind.offset(), calls.renewedEpoch(), ShardPlace.UNKNOWN);
    }
  }
}
