package io.vestibule.gateway.api;

import static io.vestibule.gateway.http.TestServer.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.Rendezvous;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceFound.Found;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceQuestion.Ask;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** An owner of topics on the bus of a test: knows who was put into them, and says what it does not own is unknown to it. Thread-safe. */
public final class TestPresence implements AutoCloseable {
  /** Every question that came, whoever was asked. */
  public final List<PresenceQuestion> questions = new CopyOnWriteArrayList<>();
  private final String node;
  private final List<String> owners;
  private final Registration registration;
  private final Map<String, NavigableMap<String, Member>> topics = new ConcurrentHashMap<>();
  private final Map<String, Long> seen = new ConcurrentHashMap<>();
  private volatile boolean silent;
  private volatile boolean garbled;
  private volatile int most = Integer.MAX_VALUE;

  /**
   * An owner.
   *
   * @param owners ids of all nodes with the role presence
   */
  public TestPresence(Bus bus, String node, List<String> owners) {
    this.node = node;
    this.owners = owners;
    this.registration = await(bus.serve(Addresses.PRESENCE_QUESTION.at(node), (question, flow) -> answer(question)));
  }

  /** Somebody is in a topic. */
  public void put(String topic, String user, Member member) {
    topics.computeIfAbsent(topic, first -> new TreeMap<>()).put(user, member);
  }

  /** Somebody was seen last in a topic. */
  public void seen(String topic, long atMs) {
    seen.put(topic, atMs);
  }

  /** Says nothing any more. */
  public void fallSilent() {
    silent = true;
  }

  /** Answers with one topic too few. */
  public void garble() {
    garbled = true;
  }

  /** Names at most so many at once, whatever it is asked for. */
  public void nameAtMost(int count) {
    most = count;
  }

  /** A topic that this node owns. */
  public String topicOf(String prefix) {
    return IntStream.range(0, 10_000).mapToObj(i -> prefix + i).filter(this::owns).findFirst().orElseThrow();
  }

  public boolean owns(String topic) {
    return Rendezvous.choose(ShardKinds.PRESENCE.name(), ShardKinds.PRESENCE.shardOf(topic), owners).orElseThrow().equals(node);
  }

  private Future<PresenceFound> answer(PresenceQuestion question) {
    questions.add(question);
    if (silent) {
      return Promise.<PresenceFound>promise().future();
    }
    return Future.succeededFuture(new PresenceFound(question.asks().stream().skip(garbled ? 1 : 0).map(this::found).toList()));
  }

  private Found found(Ask ask) {
    if (!owns(ask.topic())) {
      return PresenceFound.UNKNOWN;
    }
    NavigableMap<String, Member> members = topics.getOrDefault(ask.topic(), new TreeMap<>());
    NavigableMap<String, Member> page = ask.after() == null ? members : members.tailMap(ask.after(), false);
    return new Found(members.size(), page.entrySet().stream().limit(Math.min(most, ask.limit())).map(e -> new Named(e.getKey(), e.getValue())).toList(),
        members.isEmpty() ? seen.getOrDefault(ask.topic(), 0L) : 0);
  }

  @Override
  public void close() {
    await(registration.close());
  }
}
