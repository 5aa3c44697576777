package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.LogCalls;
import io.vestibule.gateway.log.core.LogModel;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.ReadRequest.From;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of logs keeps to. Each test begins with an empty store. */
abstract class TopicLogContract {
  static final LogBounds BOUNDS = new LogBounds(100_000, 3_600_000, 0);
  static final long NOW = 1_800_000_000_000L;
  static final String TOPIC = "durable.news";

  /** Two stores of two nodes that share their logs. */
  protected abstract List<TopicLog> stores();

  protected abstract Vertx vertx();

  @Test
  void aTopicThatNobodyWroteToHasNoLog() {
    assertThat(LogModel.isSame(await(stores().get(0).read(all(TOPIC))), new Slice(0, 0, 1, 0, List.of(), false))).isTrue();
    assertThat(await(stores().get(1).moved(5, 0, 0, 10)).heads()).isEmpty();
    assertThat(await(stores().get(0).renew(TOPIC, 1, 1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void doesWhatTheModelDoes(long seed) {
    LogCalls calls = new LogCalls(seed);
    Map<Integer, LogModel> models = new HashMap<>();
    for (int step = 0; step < 150; step++) {
      TopicLog store = stores().get(calls.below(2));
      switch (calls.below(13)) {
        case 0, 1 -> {
          ReadRequest request = calls.read(100);
          Slice slice = await(store.read(request));
          assertThat(LogModel.isSame(slice, model(models, request.topic()).read(request))).as("%s at step %s: %s", request, step, slice).isTrue();
        }
        case 2 -> {
          String topic = calls.topic();
          LogModel model = model(models, topic);
          Moved moved = await(store.moved(TopicLog.shardOf(topic), 0, 0, 100));
          assertThat(moved.heads()).isEqualTo(model.moved(0));
          long since = calls.below((int) model.version() + 1);
          assertThat(await(store.moved(TopicLog.shardOf(topic), moved.lineage(), since, 100)).heads()).isEqualTo(model.moved(since));
          assertThat(moved.version()).isEqualTo(model.version());
          List<Moved.Head> all = model.movedSince(0);
          long sinceMs = all.isEmpty() ? 0 : all.get(calls.below(all.size())).atMs() + calls.below(2);
          assertThat(await(store.movedSince(TopicLog.shardOf(topic), sinceMs, 100)).heads()).isEqualTo(model.movedSince(sinceMs));
        }
        case 3, 4 -> {
          String topic = calls.topic();
          List<CursorMove> moves = calls.moves(model(models, topic).epoch(topic)).stream()
              .map(move -> new CursorMove(topic, move.name(), move.epoch(), move.offset())).toList();
          long nowMs = calls.farOff();
          assertThat(await(store.move(TopicLog.shardOf(topic), moves, nowMs))).as("%s at step %s", moves, step).isEqualTo(model(models, topic).move(moves, nowMs));
          assertThat(await(store.cursors(topic))).as("at step %s", step).containsExactlyInAnyOrderElementsOf(model(models, topic).cursors(topic));
        }
        case 5 -> {
          CursorRead request = calls.readOn();
          CursorSlice slice = await(store.read(request));
          assertThat(LogModel.isSame(slice, model(models, request.topic()).read(request))).as("%s at step %s: %s", request, step, slice).isTrue();
        }
        case 6 -> {
          String topic = calls.topic();
          LogModel model = model(models, topic);
          long epoch = await(store.read(all(topic))).epoch();
          long offset = calls.below(60);
          boolean renewed = await(store.renew(topic, epoch, offset));
          assertThat(model.renew(topic, epoch, offset, renewed ? await(store.read(all(topic))).epoch() : 0)).isEqualTo(renewed);
        }
        default -> {
          Append append = calls.append();
          assertThat(await(store.append(append))).usingRecursiveComparison().ignoringFields("lineage").as("%s at step %s", append, step)
              .isEqualTo(model(models, append.topic()).append(append));
        }
      }
    }
  }

  private static LogModel model(Map<Integer, LogModel> models, String topic) {
    return models.computeIfAbsent(TopicLog.shardOf(topic), shard -> new LogModel(0));
  }

  @Test
  void manyWritersGetOneOrder() {
    int appends = 60;
    List<Future<Appended>> answers = new ArrayList<>();
    Map<Long, String> acknowledged = new TreeMap<>();
    for (int number = 1; number <= appends; number++) {
      for (int writer = 0; writer < 4; writer++) {
        String text = writer + ":" + number;
        answers.add(stores().get(writer % 2).append(append(100 + writer, number, text, text)).onSuccess(done -> {
          synchronized (acknowledged) {
            acknowledged.put(done.offsets()[0], text);
            acknowledged.put(done.offsets()[1], text);
          }
        }));
      }
      await(Future.all(answers.subList(answers.size() - 4, answers.size())));
    }
    assertThat(answers).as("a shard is the same shard all the time").extracting(answer -> answer.result().lineage()).containsOnly(answers.get(0).result().lineage());
    assertThat(await(stores().get(1).moved(TopicLog.shardOf(TOPIC), 0, 0, 1)).lineage()).isEqualTo(answers.get(0).result().lineage());
    Slice slice = await(stores().get(0).read(all(TOPIC)));
    assertThat(acknowledged.keySet()).containsExactlyElementsOf(IntStream.rangeClosed(1, appends * 8).mapToObj(Long::valueOf).toList());
    assertThat(texts(slice)).containsExactlyElementsOf(acknowledged.values());
  }

  @Test
  void anAppendThatIsRepeatedIsDoneOnce() {
    Append append = append(1, 1, "a", "b");
    List<Appended> answers = await(Future.all(stores().get(0).append(append), stores().get(1).append(append), stores().get(0).append(append)).map(done -> done.<Appended>list()));
    assertThat(answers).allSatisfy(answer -> assertThat(answer).usingRecursiveComparison().isEqualTo(answers.get(0)));
    await(stores().get(0).append(append(1, 2, "c")));
    assertThat(failureOf(stores().get(1).append(append))).isInstanceOf(OvertakenException.class);
    assertThat(texts(await(stores().get(1).read(all(TOPIC))))).containsExactly("a", "b", "c");
  }

  @Test
  void whatMovedComesInPages() {
    int shard = TopicLog.shardOf(TOPIC);
    List<String> topics = IntStream.range(0, 100_000).mapToObj(i -> "durable.t" + i).filter(topic -> TopicLog.shardOf(topic) == shard).limit(25).toList();
    for (int i = 0; i < topics.size(); i++) {
      await(stores().get(0).append(new Append(topics.get(i), 1, 1, NOW, 77, BOUNDS, drafts("x"))));
    }
    List<String> told = new ArrayList<>();
    Moved page = await(stores().get(1).moved(shard, 0, 0, 10));
    while (!page.heads().isEmpty()) {
      page.heads().forEach(head -> told.add(head.topic()));
      page = await(stores().get(1).moved(shard, page.lineage(), page.version(), 10));
    }
    assertThat(told).isEqualTo(topics);
  }

  @Test
  void aLogThatIsBehindWhatWasToldGoesOnInAnotherEpoch() {
    Appended first = await(stores().get(0).append(append(1, 1, "a", "b")));
    assertThat(await(stores().get(0).renew(TOPIC, first.epoch(), 2))).isFalse();
    assertThat(await(stores().get(0).renew(TOPIC, first.epoch() + 1, 3))).isFalse();
    assertThat(await(stores().get(1).renew(TOPIC, first.epoch(), 3))).isTrue();
    assertThat(await(stores().get(0).renew(TOPIC, first.epoch(), 3))).as("once").isFalse();
    Slice renewed = await(stores().get(0).read(all(TOPIC)));
    assertThat(renewed.epoch()).isNotEqualTo(first.epoch()).isPositive();
    assertThat(Epoch.beganEmpty(renewed.epoch())).as("nobody can tell what of it is news").isFalse();
    assertThat(renewed.began()).isEqualTo(2);
    assertThat(texts(renewed)).as("what was acknowledged since is not lost").containsExactly("a", "b");
    Moved moved = await(stores().get(0).moved(TopicLog.shardOf(TOPIC), first.lineage(), 2, 10));
    assertThat(moved.heads()).containsExactly(new Moved.Head(TOPIC, renewed.epoch(), 2, 3, NOW));
    Appended next = await(stores().get(1).append(append(1, 2, "c")));
    assertThat(next.offsets()).containsExactly(3);
    assertThat(next.epoch()).isEqualTo(renewed.epoch());
    assertThat(next.versionBefore()).isEqualTo(3);
    assertThat(await(stores().get(0).read(all(TOPIC))).began()).as("what came since is news").isEqualTo(2);
  }

  /** Else nobody could tell later: it may have got as many messages as it has lost. */
  @Test
  void aShardThatIsBehindWhatIsKnownGivesNoPlaceAwayAgain() {
    String neighbour = IntStream.range(0, 100_000).mapToObj(i -> "durable.t" + i).filter(topic -> TopicLog.shardOf(topic) == TopicLog.shardOf(TOPIC)).findFirst().orElseThrow();
    Appended first = await(stores().get(0).append(append(1, 1, "a", "b")));
    long epoch = await(stores().get(0).append(new Append(neighbour, 1, 2, NOW, 79, BOUNDS, drafts("x")))).epoch();
    assertThat(await(stores().get(0).append(append(2, 1, "c").knowing(new ShardPlace(first.lineage(), 3)))).epoch()).as("it is as far").isEqualTo(first.epoch());
    assertThat(await(stores().get(0).append(append(2, 2, "d").knowing(new ShardPlace(first.lineage() + 2, 9)))).epoch()).as("that was another shard").isEqualTo(first.epoch());
    Appended next = await(stores().get(1).append(append(2, 3, "e").knowing(new ShardPlace(first.lineage(), 9).heard(first.lineage() + 2, 4))));
    assertThat(next.offsets()).containsExactly(5);
    assertThat(next.epoch()).isNotEqualTo(first.epoch());
    assertThat(next.firstVersion()).isGreaterThan(9);
    Slice slice = await(stores().get(0).read(all(TOPIC)));
    assertThat(texts(slice)).containsExactly("a", "b", "c", "d", "e");
    assertThat(slice.epoch()).isEqualTo(next.epoch());
    assertThat(slice.began()).isEqualTo(4);
    Slice other = await(stores().get(0).read(all(neighbour)));
    assertThat(other.epoch()).isNotEqualTo(epoch);
    assertThat(other.began()).isEqualTo(1);
    assertThat(await(stores().get(0).moved(TopicLog.shardOf(TOPIC), first.lineage(), 9, 10)).heads()).extracting(Moved.Head::topic).containsExactlyInAnyOrder(TOPIC, neighbour);
    assertThat(await(stores().get(1).append(append(2, 4, "f").knowing(new ShardPlace(first.lineage(), 9)))).epoch()).as("once").isEqualTo(next.epoch());
  }

  @Test
  void ofALogInAnotherEpochEverythingIsKnown() {
    Append keyed = new Append(TOPIC, 1, 1, NOW, 77, BOUNDS, List.of(new Append.Draft("key", new byte[1])));
    Appended first = await(stores().get(0).append(keyed));
    assertThat(await(stores().get(1).renew(TOPIC, first.epoch(), 2))).isTrue();
    Slice renewed = await(stores().get(1).read(all(TOPIC)));
    Appended again = await(stores().get(0).append(keyed));
    assertThat(again.offsets()).as("the append is").containsExactly(1);
    assertThat(again.epoch()).as("and where its messages are").isEqualTo(renewed.epoch());
    assertThat(await(stores().get(1).append(new Append(TOPIC, 2, 1, NOW, 77, BOUNDS, keyed.messages()))).offsets()).as("the message is").containsExactly(-1);
    assertThat(await(stores().get(1).read(all(TOPIC))).messages()).hasSize(1);
  }

  @Test
  void oneThatIsLargerThanItsBoundStaysUntilTheNext() {
    LogBounds narrow = new LogBounds(100, 3_600_000, 200);
    for (int i = 1; i <= 2; i++) {
      await(stores().get(0).append(new Append(TOPIC, 1, i, NOW, 77, narrow, List.of(new Append.Draft(null, new byte[500])))));
      assertThat(await(stores().get(1).read(all(TOPIC))).messages()).extracting(Message::offset).containsExactly((long) i);
    }
  }

  @Test
  void aReaderGoesOnFromWhereHeWas() {
    Appended told = await(stores().get(0).append(append(1, 1, "a", "b", "c")));
    CursorMove phone = new CursorMove(TOPIC, "device/the phone: \u20ac", told.epoch(), 2);
    assertThat(await(move(0, phone, new CursorMove(TOPIC, "device/tv", told.epoch(), 1)))).containsExactly(2, 1);
    assertThat(await(move(1, phone, new CursorMove(TOPIC, phone.name(), told.epoch(), 1)))).as("only onwards").containsExactly(2, 2);
    assertThat(await(move(1, new CursorMove(TOPIC, "device/tv", told.epoch(), 4), new CursorMove(TOPIC, "device/tv", told.epoch() + 1, 2),
        new CursorMove("durable.none", "device/tv", told.epoch(), 1)))).containsExactly(-1, -1, -1);
    CursorSlice rest = await(stores().get(1).read(on(phone.name())));
    assertThat(rest.cursor()).isEqualTo(new Cursor(phone.name(), told.epoch(), 2, NOW));
    assertThat(rest.lineage()).isEqualTo(told.lineage());
    assertThat(texts(rest.slice())).containsExactly("c");
    assertThat(texts(await(stores().get(0).read(on("device/tv"))).slice())).containsExactly("b", "c");
    assertThat(await(stores().get(0).read(on("device/new"))).cursor().name()).as("the furthest of its kind").isEqualTo(phone.name());
    CursorSlice other = await(stores().get(0).read(on("read/somebody")));
    assertThat(other.cursor()).isNull();
    assertThat(texts(other.slice())).containsExactly("a", "b", "c");
  }

  @Test
  void aReaderStaysWhereHeIsInALogThatGoesOnInAnotherEpoch() {
    Appended told = await(stores().get(0).append(append(1, 1, "a", "b")));
    await(move(0, new CursorMove(TOPIC, "device/tv", told.epoch(), 1)));
    await(stores().get(0).renew(TOPIC, told.epoch(), 3));
    Appended next = await(stores().get(1).append(append(1, 2, "c")));
    CursorSlice rest = await(stores().get(0).read(on("device/tv")));
    assertThat(rest.cursor()).isEqualTo(new Cursor("device/tv", next.epoch(), 1, NOW));
    assertThat(texts(rest.slice())).containsExactly("b", "c");
    assertThat(await(move(0, new CursorMove(TOPIC, "device/tv", told.epoch(), 2)))).as("that epoch is over").containsExactly(-1);
    assertThat(await(move(1, new CursorMove(TOPIC, "device/tv", next.epoch(), 3)))).containsExactly(3);
  }

  private Future<long[]> move(int store, CursorMove... moves) {
    return stores().get(store).move(TopicLog.shardOf(TOPIC), List.of(moves), NOW);
  }

  static CursorRead on(String name) {
    return new CursorRead(TOPIC, name, 100, 1 << 20, NOW);
  }

  @Test
  void bytesAreKeptAsTheyAre() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    await(stores().get(0).append(new Append(TOPIC, 1, 1, NOW, 77, BOUNDS, List.of(new Append.Draft("kéy \u0000\n", bytes), new Append.Draft("", bytes)))));
    Slice slice = await(stores().get(1).read(all(TOPIC)));
    assertThat(slice.messages()).extracting(Message::key).containsExactly("kéy \u0000\n", "");
    assertThat(slice.messages()).allSatisfy(message -> assertThat(message.payload()).isEqualTo(bytes));
    assertThat(await(stores().get(1).append(new Append(TOPIC, 2, 1, NOW, 77, BOUNDS, List.of(new Append.Draft("", bytes))))).offsets()).containsExactly(-2);
  }

  @Test
  void answersComeOnTheContextOfTheCaller() {
    Context context = vertx().getOrCreateContext();
    Promise<List<Context>> heard = Promise.promise();
    context.runOnContext(here -> stores().get(0).append(append(9, 1, "x")).compose(done -> stores().get(0).read(all(TOPIC)))
        .onComplete(done -> heard.complete(List.of(Vertx.currentContext()))));
    assertThat(await(heard.future())).containsExactly(context);
  }

  static Append append(long writer, long number, String... texts) {
    return new Append(TOPIC, writer, number, NOW, 77, BOUNDS, drafts(texts));
  }

  static List<Append.Draft> drafts(String... texts) {
    return Arrays.stream(texts).map(text -> new Append.Draft(null, text.getBytes(StandardCharsets.UTF_8))).toList();
  }

  static ReadRequest all(String topic) {
    return new ReadRequest(topic, From.AFTER_OFFSET, 0, 100_000, 1 << 30, NOW);
  }

  static List<String> texts(Slice slice) {
    return slice.messages().stream().map(message -> new String(message.payload(), StandardCharsets.UTF_8)).toList();
  }
}
