package io.vestibule.admission.store;

import static io.vestibule.admission.store.Records.connected;
import static io.vestibule.admission.store.Records.holder;
import static io.vestibule.admission.store.Records.waiting;
import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.IMap;
import io.vertx.core.Vertx;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.store.AdmissionStore.Image;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class HazelcastAdmissionStoreIT extends AdmissionStoreContract {
  @AutoClose
  private static TestCluster grid = TestCluster.ofTwo();
  private static ClusterNode first = grid.node(0);
  private static List<AdmissionStore> stores = List.of(store(first), store(grid.node(1)));

  @Override
  protected List<AdmissionStore> stores() {
    return stores;
  }

  @Override
  protected Vertx vertx() {
    return first.vertx();
  }

  @Test
  void whatWasAnsweredOutlivesTheNodeThatHeldIt() {
    ClusterNode third = grid.start("c");
    AdmissionStore onThird = store(third);
    List<String> queues = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      queues.add(queue + i);
      await(onThird.open(queue + i, 1));
    }
    for (String each : queues) {
      await(onThird.commit(each, 1, List.of(new PutPlace(connected("p", 5)), new TakeSlot(5, holder("p")), new PutPlace(waiting("q")))));
    }
    grid.kill(third);
    for (String each : queues) {
      Image image = await(a().open(each, 2));
      assertThat(image.places()).containsExactlyInAnyOrder(connected("p", 5), waiting("q"));
      assertThat(image.slots()).containsOnlyKeys(5);
    }
    eventually(() -> first.membership().view().nodes().size() == 2);
    grid.settle();
  }

  @Test
  void commitsGoOnWhileNodesComeAndGo() {
    await(a().open(queue, 1));
    ClusterNode third = grid.start("d");
    List<Write> written = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Write write = new PutPlace(waiting("p" + i));
      written.add(write);
      int slot = i;
      if (i == 50) {
        grid.kill(third);
      }
      assertThat(await(a().commit(queue, 1, List.of(write, new TakeSlot(slot, holder("p" + slot)))))).isEmpty();
    }
    Image image = await(b().open(queue, 2));
    assertThat(image.places()).hasSize(written.size());
    assertThat(image.slots()).hasSize(written.size());
    grid.settle();
  }

  @Test
  void aCallEndsAtItsDeadline() {
    AdmissionStore hasty = new HazelcastAdmissionStore(first.vertx(), first.hazelcast(), Duration.ofMillis(300));
    eventually(() -> isDone(hasty.open(queue, 1)));
    IMap<String, Object> map = first.hazelcast().getMap(HazelcastSettings.ADMISSION_MAP);
    map.lock("head/" + queue);
    try {
      assertThat(failureOf(hasty.commit(queue, 1, List.of(new PutPlace(waiting("p")))))).isInstanceOf(TimeoutException.class);
    } finally {
      map.unlock("head/" + queue);
    }
    eventually(() -> isDone(hasty.commit(queue, 1, List.of(new PutPlace(waiting("q"))))));
    assertThat(await(b().open(queue, 2)).places()).contains(waiting("q"));
  }

  /** More nodes died at once than there are backups. */
  @Test
  void aJournalThatIsGoneIsNotMistakenForAnEmptyOne() {
    await(a().open(queue, 1));
    first.hazelcast().getMap(HazelcastSettings.ADMISSION_MAP).delete("head/" + queue);
    assertThat(failureOf(a().commit(queue, 1, List.of(new PutPlace(waiting("p")))))).isInstanceOf(JournalLostException.class);
    await(a().open(queue, 2));
    await(a().commit(queue, 2, List.of(new PutPlace(waiting("p")))));
  }

  private static AdmissionStore store(ClusterNode node) {
    return new HazelcastAdmissionStore(node.vertx(), node.hazelcast(), Duration.ofSeconds(20));
  }
}
