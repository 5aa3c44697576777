package io.vestibule.gateway.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.Known.Room;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardViewTest {
  private final ReplicaSource<PresenceKey, Known> owner = new ReplicaSource<>(PresenceKinds.NEWS, 1);
  private final ShardView view = new ShardView(2_500);
  private final List<PresenceTelling> told = new ArrayList<>();

  /** The last watcher goes while a change is under way in parts: what comes after it is for those who are left. */
  @Test
  void aTopicMayGoInTheMiddleOfAChange() {
    view.watch("left");
    view.watch("stays");
    owner.put(room("left"), new Room(0, false));
    owner.put(room("stays"), new Room(0, false));
    tell(10_000);
    owner.remove(room("left"));
    owner.put(room("stays"), new Room(1, true));
    assertThat(tell(1)).as("in parts").isTrue();
    view.unwatch("left");
    told.clear();
    tell(1);
    assertThat(told).extracting(PresenceTelling::topic).containsExactly("stays");
  }

  private static PresenceKey room(String topic) {
    return new PresenceKey(topic, null);
  }

  /** Says whether there is more to tell. */
  private boolean tell(int mostBytes) {
    ReplicaUpdate<PresenceKey, Known> update = owner.next(mostBytes).orElseThrow();
    owner.answered(update, view.apply("owner", update, told::add));
    return owner.isDue();
  }
}
