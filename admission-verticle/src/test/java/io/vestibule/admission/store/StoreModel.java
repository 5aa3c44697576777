package io.vestibule.admission.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.QueueEffect.DropPlace;
import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.PutQueue;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueEvent.SlotHeld;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.core.SlotHolder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A queue as two maps, and a random life of it in real stores beside. */
final class StoreModel {
  private final Random random;
  private final String queue;
  private final List<AdmissionStore> stores;
  private final Map<String, PlaceRecord> places = new HashMap<>();
  private final Map<Integer, SlotHolder> slots = new HashMap<>();
  private QueueRecord record = QueueRecord.INITIAL;
  private AdmissionStore leader;
  private long term;

  StoreModel(Random random, String queue, List<AdmissionStore> stores) {
    this.random = random;
    this.queue = queue;
    this.stores = stores;
  }

  /** Takes over, writes, or tries to write with an old term; then compares. */
  void step(long seed) {
    int dice = random.nextInt(10);
    if (leader == null || dice == 0) {
      takeOver(seed);
    } else if (dice == 1) {
      assertThat(failureOf(leader.commit(queue, term - 1, writes()))).as("seed %d", seed).isInstanceOf(FencedException.class);
    } else {
      List<Write> writes = writes();
      assertThat(await(leader.commit(queue, term, writes))).as("seed %d", seed).isEqualTo(apply(writes));
    }
  }

  private void takeOver(long seed) {
    leader = stores.get(random.nextInt(stores.size()));
    AdmissionStore.Image image = await(leader.open(queue, ++term));
    assertThat(image.places()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(places.values());
    assertThat(image.slots()).as("seed %d", seed).isEqualTo(slots);
    assertThat(image.queue()).as("seed %d", seed).isEqualTo(record);
  }

  private List<Write> writes() {
    List<Write> writes = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      String place = "p" + random.nextInt(8);
      int slot = random.nextInt(4);
      writes.add(switch (random.nextInt(9)) {
        case 0, 1, 2 -> new PutPlace(Records.waiting(place, random.nextInt(100)));
        case 3 -> new DropPlace(place);
        case 4, 5 -> new TakeSlot(slot, Records.holder(place));
        case 6, 7 -> new FreeSlot(slot, Records.holder(place));
        default -> new PutQueue(new QueueRecord(random.nextInt(9), 1, random.nextBoolean()));
      });
    }
    return writes;
  }

  private List<SlotHeld> apply(List<Write> writes) {
    List<SlotHeld> refused = new ArrayList<>();
    for (Write write : writes) {
      if (write instanceof PutPlace put) {
        places.put(put.place().id(), put.place());
      } else if (write instanceof DropPlace drop) {
        places.remove(drop.place());
      } else if (write instanceof TakeSlot take) {
        SlotHolder holder = slots.putIfAbsent(take.slot(), take.holder());
        if (holder != null && !holder.equals(take.holder())) {
          refused.add(new SlotHeld(take.slot(), holder));
        }
      } else if (write instanceof FreeSlot free) {
        slots.remove(free.slot(), free.holder());
      } else if (write instanceof PutQueue put) {
        record = put.queue();
      }
    }
    return refused;
  }
}
