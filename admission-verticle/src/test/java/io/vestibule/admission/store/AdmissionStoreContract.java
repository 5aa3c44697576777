package io.vestibule.admission.store;

import static io.vestibule.admission.store.Records.connected;
import static io.vestibule.admission.store.Records.holder;
import static io.vestibule.admission.store.Records.waiting;
import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.admission.core.Experience.Rate;
import io.vestibule.admission.core.Experience;
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
import io.vestibule.admission.store.AdmissionStore.Image;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of queues keeps to. */
abstract class AdmissionStoreContract {
  protected final String queue = "q" + Long.toHexString(ThreadLocalRandom.current().nextLong());

  /** Two stores of two nodes that share their queues. */
  protected abstract List<AdmissionStore> stores();

  protected abstract Vertx vertx();

  protected AdmissionStore a() {
    return stores().get(0);
  }

  protected AdmissionStore b() {
    return stores().get(1);
  }

  /** Whether a call was done in time: one with a short deadline may pass it on a busy machine, and is then made again. */
  protected static boolean isDone(Future<?> call) {
    return await(call.map(true).otherwise(false));
  }

  @Test
  void aQueueThatNobodyOpenedIsEmpty() {
    assertThat(await(a().open(queue, 1))).isEqualTo(new Image(List.of(), Map.of(), QueueRecord.INITIAL));
  }

  @Test
  void whatWasStoredIsThereForTheNext() {
    await(a().open(queue, 1));
    QueueRecord record = new QueueRecord(50, 7, true, new Experience(5, new Rate(3, 1500), List.of(new Rate(1, 2)), Map.of(60_000L, new Rate(0.5, 1)), 1.5));
    assertThat(await(a().commit(queue, 1, List.of(new PutPlace(connected("p1", 3)), new TakeSlot(3, holder("p1")), new PutPlace(waiting("p2")),
        new PutQueue(record))))).isEmpty();
    Image image = await(b().open(queue, 2));
    assertThat(image.places()).containsExactlyInAnyOrder(connected("p1", 3), waiting("p2"));
    assertThat(image.slots()).isEqualTo(Map.of(3, holder("p1")));
    assertThat(image.queue()).isEqualTo(record);
  }

  @Test
  void writesAreDoneInTheirOrder() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("p", 1)), new PutPlace(waiting("p", 2)), new PutPlace(waiting("q")), new DropPlace("q"),
        new DropPlace("r"), new PutPlace(waiting("r")), new TakeSlot(0, holder("p")), new FreeSlot(0, holder("p")), new TakeSlot(0, holder("r")))));
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("p", 3)))));
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("p", 4)))));
    Image image = await(b().open(queue, 2));
    assertThat(image.places()).containsExactlyInAnyOrder(waiting("p", 4), waiting("r"));
    assertThat(image.slots()).isEqualTo(Map.of(0, holder("r")));
  }

  @Test
  void aCommitMayBeRepeated() {
    await(a().open(queue, 1));
    List<Write> writes = List.of(new PutPlace(connected("p", 1)), new TakeSlot(1, holder("p")), new DropPlace("gone"), new FreeSlot(2, holder("gone")));
    assertThat(await(a().commit(queue, 1, writes))).isEmpty();
    assertThat(await(a().commit(queue, 1, writes))).isEmpty();
    Image image = await(a().open(queue, 1));
    assertThat(image.places()).containsExactly(connected("p", 1));
    assertThat(image.slots()).isEqualTo(Map.of(1, holder("p")));
  }

  @Test
  void aSlotHasOneHolder() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new TakeSlot(1, holder("p")))));
    assertThat(await(a().commit(queue, 1, List.of(new TakeSlot(1, holder("q")), new FreeSlot(1, holder("q")), new PutPlace(waiting("q"))))))
        .containsExactly(new SlotHeld(1, holder("p")));
    Image image = await(b().open(queue, 2));
    assertThat(image.slots()).isEqualTo(Map.of(1, holder("p")));
    assertThat(image.places()).containsExactly(waiting("q"));
    assertThat(await(b().commit(queue, 2, List.of(new FreeSlot(1, holder("p")), new TakeSlot(1, holder("q")))))).isEmpty();
    assertThat(await(b().open(queue, 2)).slots()).isEqualTo(Map.of(1, holder("q")));
  }

  @Test
  void anOldTermWritesNothingAnyMore() {
    await(a().open(queue, 4));
    await(a().commit(queue, 4, List.of(new PutPlace(waiting("p")), new TakeSlot(0, holder("p")))));
    Image before = await(b().open(queue, 5));
    for (Write write : List.of(new PutPlace(waiting("p", 9)), new PutPlace(waiting("never seen")), new DropPlace("p"), new TakeSlot(0, holder("x")),
        new TakeSlot(77, holder("x")), new FreeSlot(0, holder("p")), new PutQueue(new QueueRecord(1, 1, true)))) {
      assertThat(failureOf(a().commit(queue, 4, List.of(write)))).isInstanceOf(FencedException.class);
    }
    assertThat(failureOf(a().open(queue, 4))).isInstanceOf(FencedException.class);
    assertThat(await(b().open(queue, 5))).isEqualTo(before);
    await(b().commit(queue, 5, List.of(new PutPlace(waiting("new")))));
    assertThat(await(a().open(queue, 6)).places()).containsExactlyInAnyOrder(waiting("p"), waiting("new"));
  }

  /** What whoever is refused has to know to be refused no more. */
  @Test
  void aRefusalNamesTheTermToSurpassAndOneAboveItIsTaken() {
    await(a().open(queue, 9));
    assertThat(toSurpass(b().open(queue, 4))).isEqualTo(9);
    assertThat(toSurpass(b().open(queue, 9))).isEqualTo(9);
    await(b().open(queue, 10));
    assertThat(toSurpass(a().commit(queue, 9, List.of(new PutPlace(waiting("p")))))).isEqualTo(10);
    assertThat(await(b().commit(queue, 10, List.of(new PutPlace(waiting("q")))))).isEmpty();
    assertThat(await(a().open(queue, 11)).places()).containsExactly(waiting("q"));
  }

  private static long toSurpass(Future<?> refused) {
    return ((FencedException) failureOf(refused)).toSurpass();
  }

  /** Both halves of a partition may have given it. */
  @Test
  void theSameTermIsNotGivenTwice() {
    await(a().open(queue, 3));
    assertThat(failureOf(b().open(queue, 3))).isInstanceOf(FencedException.class);
    assertThat(failureOf(b().commit(queue, 3, List.of(new PutPlace(waiting("p")))))).isInstanceOf(FencedException.class);
    await(a().commit(queue, 3, List.of(new PutPlace(waiting("q")))));
    assertThat(await(b().open(queue, 4)).places()).containsExactly(waiting("q"));
  }

  @Test
  void twoCoordinatorsThatRaceNeverShareASlot() {
    int slots = 40;
    Map<Integer, SlotHolder> held = new HashMap<>();
    for (int round = 0; round < 10; round++) {
      AdmissionStore older = stores().get(round % 2);
      AdmissionStore newer = stores().get((round + 1) % 2);
      long term = 2L * round + 1;
      String oldName = "old" + round + "-";
      String newName = "new" + round + "-";
      await(older.open(queue, term));
      List<Future<List<SlotHeld>>> rivals = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        rivals.add(older.commit(queue, term, takes(oldName, i * 8, 8)));
      }
      Future<Image> taken = newer.open(queue, term + 1);
      Image seen = await(taken);
      List<SlotHeld> refused = await(newer.commit(queue, term + 1, takes(newName, 0, slots)));
      List<Throwable> outcomes = rivals.stream().map(rival -> await(rival.map(done -> (Throwable) null).otherwise(thrown -> thrown))).toList();
      Map<Integer, SlotHolder> after = await(newer.open(queue, term + 1)).slots();
      // Who was told yes holds it, and everything that the newer one saw is still so.
      for (int i = 0; i < 5; i++) {
        if (outcomes.get(i) == null) {
          List<Integer> lost = await(rivals.get(i)).stream().map(SlotHeld::slot).toList();
          IntStream.range(i * 8, i * 8 + 8).filter(slot -> !lost.contains(slot))
              .forEach(slot -> assertThat(after.get(slot)).isEqualTo(holder(oldName + slot)));
        }
      }
      assertThat(after).containsAllEntriesOf(seen.slots());
      IntStream.range(0, slots).filter(slot -> refused.stream().noneMatch(no -> no.slot() == slot))
          .forEach(slot -> assertThat(after.get(slot)).isEqualTo(holder(newName + slot)));
      refused.forEach(no -> assertThat(after.get(no.slot())).isEqualTo(no.holder()));
      assertThat(after).hasSize(slots);
      held.putAll(after);
      List<Write> half = new ArrayList<>();
      after.forEach((slot, holder) -> half.add(new FreeSlot(slot, holder)));
      await(newer.commit(queue, term + 1, half));
    }
    assertThat(held).hasSize(slots);
  }

  private static List<Write> takes(String name, int from, int count) {
    return IntStream.range(from, from + count).<Write>mapToObj(slot -> new TakeSlot(slot, holder(name + slot))).toList();
  }

  @Test
  void tenThousandPlacesAndSlotsComeBackWhole() {
    await(a().open(queue, 1));
    List<PlaceRecord> all = IntStream.range(0, 10_000).mapToObj(i -> i % 10 == 0 ? connected("p" + i, i) : waiting("p" + i, i)).toList();
    for (int from = 0; from < all.size(); from += 1000) {
      List<Write> writes = new ArrayList<>();
      all.subList(from, from + 1000).forEach(place -> {
        writes.add(new PutPlace(place));
        if (place.slot() >= 0) {
          writes.add(new TakeSlot(place.slot(), holder(place.id())));
        }
      });
      assertThat(await(a().commit(queue, 1, writes))).isEmpty();
    }
    Image image = await(b().open(queue, 2));
    assertThat(image.places()).hasSize(10_000).containsExactlyInAnyOrderElementsOf(all);
    assertThat(image.slots()).hasSize(1000).containsEntry(9990, holder("p9990"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a/b", "{tag}", "}{", "a@b", "ü – 日本 🎟", "*?[x]", "a\nb", "part/1", "..", "%7B"})
  void namesMayBeOdd(String odd) {
    String name = odd + queue;
    String twin = odd + queue + "}";
    await(a().open(name, 1));
    await(a().open(twin, 1));
    await(a().commit(name, 1, List.of(new PutPlace(waiting("p")), new TakeSlot(0, holder("p")))));
    await(a().commit(twin, 1, List.of(new PutPlace(waiting("{*}\n" + odd)))));
    Image image = await(b().open(name, 2));
    assertThat(image.places()).containsExactly(waiting("p"));
    assertThat(image.slots()).hasSize(1);
    assertThat(await(b().open(twin, 2)).places()).containsExactly(waiting("{*}\n" + odd));
  }

  @Test
  void anAnswerComesOnTheContextOfWhoAsked() {
    Context context = vertx().getOrCreateContext();
    Promise<List<Context>> seen = Promise.promise();
    context.runOnContext(go -> a().open(queue, 1).onComplete(opened -> {
      Context afterOpen = Vertx.currentContext();
      a().commit(queue, 1, List.of(new PutPlace(waiting("p")))).onComplete(committed ->
          seen.complete(List.of(afterOpen, Vertx.currentContext())));
    }));
    assertThat(await(seen.future())).containsOnly(context);
  }

  /** A random history against a map, with takeovers; the seed is in the message. */
  @Test
  void anyHistoryEndsAsItShould() {
    for (int run = 0; run < 5; run++) {
      long seed = ThreadLocalRandom.current().nextLong();
      StoreModel model = new StoreModel(new Random(seed), queue + run, stores());
      for (int step = 0; step < 40; step++) {
        model.step(seed);
      }
    }
  }
}
