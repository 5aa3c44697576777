package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A shard does what the simple model does, whatever comes in whatever order; and of two histories one is made that keeps both. */
class ShardLogPropertyTest {
  private static final long PLENTY = 1L << 40;

  @Property(tries = 300)
  void doesWhatTheModelDoes(@ForAll long seed) {
    LogCalls calls = new LogCalls(seed);
    LogModel model = new LogModel(7);
    ShardLog shard = new ShardLog(7);
    for (int step = 0; step < 120; step++) {
      switch (calls.below(12)) {
        case 0 -> {
          String topic = calls.topic();
          long epoch = shard.read(new ReadRequest(topic, ReadRequest.From.AFTER_OFFSET, 0, 1, 1, 0)).epoch();
          long offset = calls.below(40);
          long next = calls.renewedEpoch();
          assertThat(shard.renew(topic, epoch, offset, next, ShardPlace.UNKNOWN)).isEqualTo(model.renew(topic, epoch, offset, next));
        }
        case 1 -> shard = new ShardLog(shard.lineage(), shard.version(), shard.clockMs(), shard.dropped(), shard.images());
        case 2, 3 -> {
          ReadRequest request = calls.read(shard.version());
          assertThat(LogModel.isSame(shard.read(request), model.read(request))).as("%s", request).isTrue();
        }
        case 4 -> {
          long since = calls.below((int) shard.version() + 1);
          assertThat(shard.moved(7, since, 100).heads()).isEqualTo(model.moved(since));
          assertThat(shard.moved(8, since, 100).heads()).isEqualTo(model.moved(0));
          List<Moved.Head> all = model.movedSince(0);
          long sinceMs = all.isEmpty() ? 0 : all.get(calls.below(all.size())).atMs() + calls.below(2);
          assertThat(shard.movedSince(sinceMs, 100).heads()).isEqualTo(model.movedSince(sinceMs));
          assertThat(shard.movedSince(sinceMs, 1).heads()).isEqualTo(model.movedSince(sinceMs).stream().limit(1).toList());
        }
        case 5, 6 -> {
          List<CursorMove> moves = calls.moves(7);
          List<CursorMove> here = moves.stream().map(move -> new CursorMove(move.topic(), move.name(), move.epoch() == 0 ? 0 : model.epoch(move.topic()) + move.epoch() - 7, move.offset())).toList();
          long nowMs = calls.farOff();
          assertThat(shard.move(here, nowMs, PLENTY)).isEqualTo(model.move(here, nowMs));
          String topic = moves.get(0).topic();
          assertThat(shard.cursors(topic)).containsExactlyInAnyOrderElementsOf(model.cursors(topic));
        }
        case 7 -> {
          CursorRead request = calls.readOn();
          assertThat(LogModel.isSame(shard.read(request), model.read(request))).as("%s: %s", request, shard.read(request)).isTrue();
        }
        default -> {
          Append append = calls.append();
          assertThat(shard.append(append, PLENTY)).usingRecursiveComparison().isEqualTo(model.append(append));
        }
      }
      assertThat(shard.version()).isEqualTo(model.version());
    }
  }

  @Property(tries = 200)
  void staysWithinItsBytesAndDropsTheOldest(@ForAll long seed) {
    LogCalls calls = new LogCalls(seed);
    ShardLog shard = new ShardLog(7);
    long most = 3_000 + calls.below(3_000);
    for (int step = 0; step < 100; step++) {
      long known = shard.version();
      long oldest = oldest(shard);
      boolean moves = calls.below(3) == 0;
      if (moves) {
        shard.move(calls.moves(shard.images().stream().mapToLong(LogImage::epoch).max().orElse(0)), calls.nowMs(), most);
      } else {
        shard.append(calls.append(), most);
      }
      long counted = shard.images().stream().mapToLong(log -> Log.OVERHEAD + log.messages().stream().mapToLong(Message::cost).sum()
          + log.cursors().stream().mapToLong(Cursor::cost).sum()).sum();
      assertThat(shard.bytes()).isEqualTo(counted);
      assertThat(shard.bytes() <= most || !moves && oldest(shard) > known).isTrue();
      assertThat(oldest(shard)).isGreaterThanOrEqualTo(oldest);
    }
  }

  private static long oldest(ShardLog shard) {
    return shard.images().stream().mapToLong(log -> log.messages().isEmpty() ? log.version() : log.messages().get(0).version()).min().orElse(0);
  }

  @Property(tries = 300)
  void keepsBothHistories(@ForAll long seed) {
    LogCalls calls = new LogCalls(seed);
    ShardLog before = new ShardLog(7);
    Set<String> old = play(calls, before, calls.below(30));
    ShardLog ours = new ShardLog(7, before.version(), before.clockMs(), 0, before.images());
    ShardLog theirs = new ShardLog(7, before.version(), before.clockMs(), 0, before.images());
    Set<String> common = play(calls, ours, calls.below(12));
    common.retainAll(play(calls, theirs, calls.below(12)));
    ShardLog joined = ShardJoin.of(ours, theirs, 9);

    common.addAll(old);
    for (ShardLog half : List.of(ours, theirs)) {
      for (LogImage log : half.images()) {
        LogImage now = image(joined, log.topic());
        Set<String> sentTwice = keys(ours, log.topic());
        sentTwice.retainAll(keys(theirs, log.topic()));
        List<String> added = log.messages().stream().filter(message -> !common.contains(text(message)) && (message.key() == null || !sentTwice.contains(message.key())))
            .map(ShardLogPropertyTest::text).toList();
        assertThat(texts(now).stream().filter(added::contains).toList()).as("what a half has added").isEqualTo(added);
        if (now.epoch() == log.epoch()) {
          assertThat(now.head()).isGreaterThanOrEqualTo(log.head());
          Map<Long, String> places = new HashMap<>();
          now.messages().forEach(message -> places.put(message.offset(), text(message)));
          log.messages().forEach(message -> assertThat(places.getOrDefault(message.offset(), text(message))).isEqualTo(text(message)));
        }
      }
    }
    Set<Long> versions = new HashSet<>();
    for (LogImage log : joined.images()) {
      long last = 0;
      for (Message message : log.messages()) {
        assertThat(message.version()).isGreaterThan(last);
        assertThat(versions.add(message.version())).isTrue();
        last = message.version();
      }
      assertThat(joined.version()).isGreaterThanOrEqualTo(log.version()).isGreaterThanOrEqualTo(last);
    }
    play(calls, joined, 10);
  }

  /** In each half somebody reads on, and says how far he is. */
  @Property(tries = 500)
  void nobodyMissesAnythingThroughAJoin(@ForAll long seed) {
    LogCalls calls = new LogCalls(seed);
    ShardLog before = new ShardLog(7);
    fill(calls, before, calls.below(30));
    Map<String, Set<String>> done = new HashMap<>();
    readOn(calls, before, done);
    ShardLog ours = new ShardLog(7, before.version(), before.clockMs(), 0, before.images());
    ShardLog theirs = new ShardLog(7, before.version(), before.clockMs(), 0, before.images());
    for (ShardLog half : List.of(ours, theirs)) {
      fill(calls, half, calls.below(12));
      readOn(calls, half, done);
    }
    ShardLog joined = ShardJoin.of(ours, theirs, 8);
    for (LogImage log : joined.images()) {
      for (Cursor cursor : log.cursors()) {
        assertThat(cursor.epoch()).isEqualTo(log.epoch());
        assertThat(cursor.offset()).isLessThanOrEqualTo(log.head());
        Set<String> his = done.get(log.topic() + cursor.name());
        log.messages().stream().filter(message -> message.offset() <= cursor.offset())
            .forEach(message -> assertThat(his.contains(text(message)) || message.key() != null && his.contains(message.key())).as("%s", cursor).isTrue());
      }
    }
    assertThat(joined.images().stream().mapToInt(log -> log.cursors().size()).sum()).isEqualTo(done.size());
  }

  /** Nothing falls out of the bounds: it would count as read. */
  private static void fill(LogCalls calls, ShardLog shard, int appends) {
    for (int i = 0; i < appends; i++) {
      Append append = calls.append();
      try {
        shard.append(new Append(append.topic(), append.writer(), append.number(), append.nowMs(), append.epoch(), new LogBounds(1_000, 1L << 40, 0), append.messages()), PLENTY);
      } catch (OvertakenException late) {
        // Its writer went on in the other half.
        continue;
      }
    }
  }

  private static void readOn(LogCalls calls, ShardLog shard, Map<String, Set<String>> done) {
    for (LogImage log : shard.images()) {
      String name = "device/d" + calls.below(3);
      long to = calls.below((int) log.head() + 1);
      long place = shard.move(List.of(new CursorMove(log.topic(), name, log.epoch(), to)), calls.nowMs(), PLENTY)[0];
      Set<String> his = done.computeIfAbsent(log.topic() + name, topic -> new HashSet<>());
      log.messages().stream().filter(message -> message.offset() <= place).forEach(message -> {
        his.add(text(message));
        his.add(message.key());
      });
    }
  }

  /** Returns what was sent, whether it was stored or not. */
  private static Set<String> play(LogCalls calls, ShardLog shard, int appends) {
    Set<String> sent = new HashSet<>();
    for (int i = 0; i < appends; i++) {
      Append append = calls.append();
      append.messages().forEach(draft -> sent.add(new String(draft.payload(), StandardCharsets.UTF_8)));
      try {
        shard.append(append, PLENTY);
      } catch (OvertakenException late) {
        // Its writer went on in the other half.
        continue;
      }
    }
    return sent;
  }

  private static LogImage image(ShardLog shard, String topic) {
    return shard.images().stream().filter(log -> log.topic().equals(topic)).findFirst().orElseThrow();
  }

  private static Set<String> keys(ShardLog shard, String topic) {
    Set<String> keys = new HashSet<>();
    shard.images().stream().filter(log -> log.topic().equals(topic)).forEach(log -> log.messages().forEach(message -> keys.add(message.key())));
    return keys;
  }

  private static List<String> texts(LogImage log) {
    return log.messages().stream().map(ShardLogPropertyTest::text).toList();
  }

  private static String text(Message message) {
    return new String(message.payload(), StandardCharsets.UTF_8);
  }
}
