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

  private void changed(PresenceKey key, Known now) {
    topics.computeIfAbsent(key.topic(), TopicView::new).hear(key.user(), now);
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
    if (copy.isSettled()) {
      for (String topic : touched) {
        TopicView view = topics.get(topic);
        // None is left where the last watcher went in the middle of the change.
        if (view != null) {
          view.settle().ifPresent(out);
          tidy(topic);
        }
      }
      touched.clear();
    }
    return answer;
  }

  Optional<PresenceState> watch(String topic) {
    return topics.computeIfAbsent(topic, TopicView::new).watch();
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
