package io.vestibule.admission.core;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueEvent.SlotHeld;
import io.vestibule.admission.store.AdmissionStore.Image;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.admission.store.FencedException;
import java.util.List;

/** Stores of several nodes, beside the maps of a {@link World}: each write goes to both, and who takes over takes what is in the store. Each takeover is by another node than the one before. */
final class Books {
  private final List<AdmissionStore> stores;
  private final String queue;
  private AdmissionStore leader;
  private long term;

  Books(List<AdmissionStore> stores, String queue) {
    this.stores = stores;
    this.queue = queue;
  }

  /** Takes over, after which the one before can write nothing any more. */
  Image open(long next) {
    AdmissionStore before = leader;
    leader = stores.get((int) (next % stores.size()));
    Image image = await(leader.open(queue, next));
    if (before != null) {
      assertThat(failureOf(before.commit(queue, term, List.of(new QueueEffect.PutQueue(new QueueRecord(77, 77, true)))))).as("invariant 9: a write with an old term").isInstanceOf(FencedException.class);
    }
    term = next;
    return image;
  }

  /** Stores a group, and has to refuse the same slots as the maps. */
  void commit(List<Write> writes, List<SlotHeld> refused) {
    if (!writes.isEmpty()) {
      assertThat(await(leader.commit(queue, term, writes))).as("invariant 9: slots that the store refused").isEqualTo(refused);
    }
  }
}
