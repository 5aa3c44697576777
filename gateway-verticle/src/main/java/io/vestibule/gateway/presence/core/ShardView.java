package io.vestibule.gateway.presence.core;

import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What is known of the topics of one shard. */
final class ShardView {
  private final ReplicaCopy<PresenceKey, Known> copy = new ReplicaCopy<>(PresenceKinds.NEWS, 0, (key, before, now) -> changed(key, now));
  private final Map<String, TopicView> topics = new HashMap<>();
  private final Set<String> touched = new LinkedHashSet<>();
  private final Set<String> resting = new HashSet<>();
  private final int usersOfABeat;

  /**
   * Nothing is known.
   *
   * @param usersOfABeat as of {@link TopicView}
   */
  ShardView(int usersOfABeat) {
    this.usersOfABeat = usersOfABeat;
  }

  private TopicView topic(String topic) {
    return topics.computeIfAbsent(topic, name -> new TopicView(name, usersOfABeat));
  }

  private void changed(PresenceKey key, Known now) {
    topic(key.topic()).hear(key.user(), now);
    touched.add(key.topic());
  }

  /**
   * An owner speaks.
   *
   * @param owner its node id
   * @param out what all watchers are to be told: of each topic once at the most
   */
  ReplicaAnswer apply(String owner, ReplicaUpdate<PresenceKey, Known> update, Consumer<PresenceTelling> out) {
    ReplicaAnswer answer = copy.apply(owner, update);
    settle(out);
    return answer;
  }

  private void settle(Consumer<PresenceTelling> out) {
    if (copy.isSettled()) {
      for (String topic : touched) {
        TopicView view = topics.get(topic);
        // None is left where the last watcher went in the middle of the change.
        if (view != null) {
          view.settle().ifPresent(out);
          if (view.rests()) {
            resting.add(topic);
          }
          tidy(topic);
        }
      }
      touched.clear();
    }
  }

  /**
   * A beat of the node has passed: counts that had to wait may be told.
   *
   * @param out as of {@link #apply}
   */
  void beat(Consumer<PresenceTelling> out) {
    if (!resting.isEmpty()) {
      resting.removeIf(topic -> {
        TopicView view = topics.get(topic);
        if (view != null && view.beat()) {
          touched.add(topic);
        }
        return view == null || !view.rests();
      });
      settle(out);
    }
  }

  Optional<PresenceState> watch(String topic) {
    return topic(topic).watch();
  }

  void unwatch(String topic) {
    TopicView view = topics.get(topic);
    if (view != null) {
      view.unwatch();
      tidy(topic);
    }
  }

  Optional<PresenceState> state(String topic) {
    TopicView view = topics.get(topic);
    return view == null ? Optional.empty() : view.state();
  }

  private void tidy(String topic) {
    if (topics.get(topic).isIdle()) {
      topics.remove(topic);
    }
  }

  /** How often the owner's digest has shown a difference. */
  long divergences() {
    return copy.divergences();
  }
}
