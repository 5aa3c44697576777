package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.QueueRules;
import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.admission.QueueSettings;
import io.vestibule.contract.admission.QueueSettings.Queue;
import io.vestibule.contract.log.LogEvent;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SettingsWatchTest {
  private static final NodeRef SELF = new NodeRef("1", "one", Set.of("admission"));
  private static final NodeRef OTHER = new NodeRef("2", "two", Set.of("admission"));
  private static final NodeRef THIRD = new NodeRef("3", "three", Set.of("admission"));

  private volatile List<NodeRef> nodes = List.of(SELF, OTHER);

  private SettingsWatch watch() {
    Membership membership = new Membership() {
      @Override
      public ClusterView view() {
        return new ClusterView(1, SELF, nodes);
      }

      @Override
      public Registration watch(Consumer<ClusterChange> listener) {
        return Future::succeededFuture;
      }
    };
    return new SettingsWatch(membership, List.of(rules("default", 50, 0), rules("sale", 0, 5)));
  }

  private static QueueRules rules(String name, int capacity, int perSecond) {
    return new QueueRules(name, capacity, perSecond, Map.of(), 3, false, 1, 1, 1, 1, 1, 1, 0);
  }

  private static QueueSettings of(NodeRef node, Queue... queues) {
    return new QueueSettings(node.id(), node.name(), List.of(queues));
  }

  @Test
  void whatIsTheSameIsNotSpokenOf() {
    try (LogEar ear = new LogEar(LogEvent.QUEUE_CONFIG_DIFFERS)) {
      SettingsWatch watch = watch();
      watch.heard(of(OTHER, new Queue("sale", 0, 5), new Queue("default", 50, 0)));
      watch.heard(of(SELF, new Queue("default", 7, 0)));
      assertThat(ear.lines()).isEmpty();
    }
  }

  @Test
  void whatDiffersIsWarnedOfOnceAndNamesBoth() {
    try (LogEar ear = new LogEar(LogEvent.QUEUE_CONFIG_DIFFERS)) {
      SettingsWatch watch = watch();
      for (int i = 0; i < 2; i++) {
        watch.heard(of(OTHER, new Queue("default", 100, 0), new Queue("event", 1, 1), new Queue("sale", 0, 6)));
      }
      assertThat(ear.lines()).containsExactly(
          "queue=default node=two detail=one: capacity 50, admissions-per-second 0; two: capacity 100, admissions-per-second 0",
          "queue=event node=two detail=one: not configured; two: capacity 1, admissions-per-second 1",
          "queue=sale node=two detail=one: capacity 0, admissions-per-second 5; two: capacity 0, admissions-per-second 6");
    }
  }

  @Test
  void whoHasGoneIsForgotten() {
    try (LogEar ear = new LogEar(LogEvent.QUEUE_CONFIG_DIFFERS)) {
      SettingsWatch watch = watch();
      QueueSettings other = of(OTHER, new Queue("default", 100, 0), new Queue("sale", 0, 5));
      watch.heard(other);
      nodes = List.of(SELF);
      watch.heard(of(THIRD, new Queue("default", 50, 0), new Queue("sale", 0, 5)));
      nodes = List.of(SELF, OTHER);
      watch.heard(other);
      assertThat(ear.lines()).hasSize(2);
    }
  }

  /** What a node says may be here before it is known that there is such a node. */
  @Test
  void whoIsHeardBeforeItIsKnownIsWarnedOfOnce() {
    try (LogEar ear = new LogEar(LogEvent.QUEUE_CONFIG_DIFFERS)) {
      SettingsWatch watch = watch();
      QueueSettings other = of(OTHER, new Queue("default", 100, 0), new Queue("sale", 0, 5));
      nodes = List.of(SELF, THIRD);
      watch.heard(other);
      watch.heard(of(THIRD, new Queue("default", 50, 0), new Queue("sale", 0, 5)));
      nodes = List.of(SELF, OTHER, THIRD);
      watch.heard(other);
      watch.heard(other);
      assertThat(ear.lines()).hasSize(1);
    }
  }
}
