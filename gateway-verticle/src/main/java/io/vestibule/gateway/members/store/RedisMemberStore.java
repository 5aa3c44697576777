package io.vestibule.gateway.members.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vestibule.cluster.store.CallerContext;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.RedisScript;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Changed.Room;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.ShardMembers;
import io.vestibule.gateway.members.core.Word;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Members in Redis 6.2 or later: a hash for each topic and a set for each user, changed by scripts. All keys of a shard carry one hash tag, so that they live in one slot of a Redis cluster. Redis bounds the whole by
 * its own {@code maxmemory}, which must not evict.
 */
public final class RedisMemberStore implements MemberStore {
  private static final RedisScript CHANGE = RedisScript.of(RedisMemberStore.class, "change.lua");
  private static final RedisScript HINT = RedisScript.of(RedisMemberStore.class, "hint.lua");
  private static final RedisScript LOOK = RedisScript.of(RedisMemberStore.class, "look.lua");
  private static final RedisScript HINTED = RedisScript.of(RedisMemberStore.class, "hinted.lua");
  private static final int WORD_PARTS = 5;

  private final Vertx vertx;
  private final RedisLink link;
  private final String cluster;
  private final Duration deadline;

  /**
   * Members in Redis; connects when it is first asked.
   *
   * @param cluster the keys carry this name
   * @param deadline of each call
   */
  public RedisMemberStore(Vertx vertx, RedisLink link, String cluster, Duration deadline) {
    this.vertx = vertx;
    this.link = link;
    this.cluster = URLEncoder.encode(cluster, StandardCharsets.UTF_8);
    this.deadline = deadline;
  }

  @Override
  public Future<Changed> change(Change change) {
    List<Buffer> arguments = new ArrayList<>(texts(change.nowMs(), change.member() ? 1 : 0, change.epoch(), change.offset(), ShardMembers.MEMBERS, Word.REMEMBERED_MS));
    change.users().forEach(user -> arguments.addAll(texts(user)));
    return bring(CHANGE.run(link, List.of(room(change.topic())), arguments).map(answer ->
        new Changed(Room.values()[answer.get(0).toInteger()], answer.get(1).toInteger(), words(answer.get(2)))));
  }

  @Override
  public Future<List<Word>> look(int shard, List<Pair> pairs) {
    return bring(LOOK.run(link, pairs.stream().map(pair -> room(pair.topic())).toList(), users(pairs)).map(RedisMemberStore::words));
  }

  private static List<Buffer> users(List<Pair> pairs) {
    return pairs.stream().map(pair -> Buffer.buffer(pair.user())).toList();
  }

  @Override
  public Future<Map<String, Word>> roster(String topic) {
    return bring(link.send(Request.cmd(Command.HGETALL).arg(room(topic))).map(answer -> {
      Map<String, Word> members = new HashMap<>();
      for (String field : answer.getKeys()) {
        Word word = field.startsWith("=") ? word(answer.get(field)) : null;
        if (word != null && word.member()) {
          members.put(field.substring(1), word);
        }
      }
      return members;
    }));
  }

  @Override
  public Future<List<Room>> hint(int shard, List<Pair> pairs) {
    return hint(pairs, ShardMembers.TOPICS).map(answer -> answer.stream().map(room -> Room.values()[room.toInteger()]).toList());
  }

  @Override
  public Future<Void> unhint(int shard, List<Pair> pairs) {
    return hint(pairs, -1).mapEmpty();
  }

  private Future<Response> hint(List<Pair> pairs, int most) {
    List<Buffer> arguments = new ArrayList<>(texts(most));
    pairs.forEach(pair -> arguments.addAll(texts(pair.topic())));
    return bring(HINT.run(link, pairs.stream().map(pair -> hints(pair.user())).toList(), arguments));
  }

  @Override
  public Future<List<List<String>>> hinted(int shard, List<String> users) {
    return bring(HINTED.run(link, users.stream().map(this::hints).toList(), List.of()).map(answer ->
        answer.stream().map(topics -> topics.stream().map(Response::toString).toList()).toList()));
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }

  private static List<Word> words(Response answer) {
    List<Word> words = new ArrayList<>();
    answer.forEach(word -> words.add(word(word)));
    return words;
  }

  /** An epoch has more digits than Lua's numbers, so a word is a text to the scripts. */
  private static Word word(Response text) {
    String[] parts = text == null ? new String[0] : text.toString().split(" ");
    return parts.length < WORD_PARTS ? null
        : new Word(parts[0].equals("1"), Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]), Long.parseLong(parts[4]));
  }

  private String room(String topic) {
    return prefix(MemberStore.shardOf(topic)) + "room:" + topic;
  }

  private String hints(String user) {
    return prefix(MemberStore.shardOf(user)) + "user:" + user;
  }

  private String prefix(int shard) {
    return "vestibule:{" + cluster + "/members/" + shard + "}:";
  }

  private static List<Buffer> texts(Object... values) {
    return Arrays.stream(values).map(value -> Buffer.buffer(value.toString())).toList();
  }

  private <T> Future<T> bring(Future<T> result) {
    return CallerContext.bring(vertx, deadline, result);
  }
}
