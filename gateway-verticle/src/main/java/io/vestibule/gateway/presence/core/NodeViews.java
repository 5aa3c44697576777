package io.vestibule.gateway.presence.core;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.Statement.Watched;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The topics that clients of this node watch, and which event loops they are on. What is told goes to each loop in the order in which it is told here. One thread.
 */
public final class NodeViews {
  private static final int USERS_OF_A_BEAT = 2_500;

  private final ShardView[] shards = new ShardView[ShardKinds.PRESENCE.count()];
  private final Map<String, Map<Integer, Long>> watching = new HashMap<>();
  private final BiConsumer<PresenceKey, Statement> statements;
  private final Outlet outlet;

  /** Brings something to event loops. */
  public interface Outlet {
    /**
     * Tells it.
     *
     * @param to loops, and the ticket with which each watches the topic
     */
    void tell(PresenceTelling telling, Map<Integer, Long> to);
  }

  /**
   * Nothing is watched.
   *
   * @param statements takes what is to be stated of a topic, null where that is nothing any more
   */
  public NodeViews(BiConsumer<PresenceKey, Statement> statements, Outlet outlet) {
    this(statements, outlet, USERS_OF_A_BEAT);
  }

  NodeViews(BiConsumer<PresenceKey, Statement> statements, Outlet outlet, int usersOfABeat) {
    this.statements = statements;
    this.outlet = outlet;
    for (int i = 0; i < shards.length; i++) {
      shards[i] = new ShardView(usersOfABeat);
    }
  }

  private ShardView shardOf(String topic) {
    return shards[ShardKinds.PRESENCE.shardOf(topic)];
  }

  /**
   * Somebody on a loop watches a topic that nobody there has watched. The loop is told how it is now or as soon as that is known, and from then on all that changes.
   *
   * @param ticket comes with all that is told, so that the loop knows for which watch it was meant
   */
  public void watch(int loop, String topic, long ticket) {
    Map<Integer, Long> loops = watching.computeIfAbsent(topic, first -> {
      statements.accept(PresenceKey.of(first), new Watched());
      return new HashMap<>(2);
    });
    loops.put(loop, ticket);
    shardOf(topic).watch(topic).ifPresent(state -> outlet.tell(state, Map.of(loop, ticket)));
  }

  /** A loop that watches has one more watcher, who has to be told how it is. */
  public void tellAgain(int loop, String topic, long ticket) {
    if (isTold(loop, topic, ticket)) {
      state(topic).ifPresent(state -> outlet.tell(state, Map.of(loop, ticket)));
    }
  }

  /** Nobody on a loop watches the topic any more. */
  public void unwatch(int loop, String topic, long ticket) {
    if (isTold(loop, topic, ticket)) {
      Map<Integer, Long> loops = watching.get(topic);
      loops.remove(loop);
      if (loops.isEmpty()) {
        watching.remove(topic);
        shardOf(topic).unwatch(topic);
        statements.accept(PresenceKey.of(topic), null);
      }
    }
  }

  private boolean isTold(int loop, String topic, long ticket) {
    return Long.valueOf(ticket).equals(watching.getOrDefault(topic, Map.of()).get(loop));
  }

  /** How a topic is that is watched here; empty where it is not, or not known yet. */
  public Optional<PresenceState> state(String topic) {
    return shardOf(topic).state(topic);
  }

  /** An owner speaks. */
  public PresenceAnswers hear(PresenceNews news) {
    List<ReplicaAnswer> answers = new ArrayList<>(news.shards().size());
    for (PresenceNews.Shard said : news.shards()) {
      boolean known = said.number() >= 0 && said.number() < shards.length;
      answers.add(known ? shards[said.number()].apply(news.owner(), said.update(), this::tellAll) : ReplicaAnswer.notMine());
    }
    return new PresenceAnswers(answers);
  }

  /** A quarter of a second has passed: how many there are in very large topics is told again, of so many users at each beat, of more at each second to fourth. */
  public void beat() {
    for (ShardView shard : shards) {
      shard.beat(this::tellAll);
    }
  }

  private void tellAll(PresenceTelling telling) {
    outlet.tell(telling, Map.copyOf(watching.get(telling.topic())));
  }

  /** Topics that are watched. */
  public int size() {
    return watching.size();
  }

  /** How often an owner's digest has shown a difference. */
  public long divergences() {
    long sum = 0;
    for (ShardView shard : shards) {
      sum += shard.divergences();
    }
    return sum;
  }
}
