package io.vestibule.admission.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.store.JournalAnswer.Status;
import io.vestibule.admission.store.StoredWrite.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class JournalEntryTest {
  private final JournalEntry head = new JournalEntry();

  @Test
  void aCallThatComesTwiceIsDoneOnceAndAnsweredAlike() {
    open(1, 10, 1);
    JournalCall.Commit commit = new JournalCall.Commit(new Fence(1, 10, 2), 0, true, List.of(take("5", "a"), free("5", "a"), take("5", "b"), put("p")));
    JournalAnswer first = ask(commit);
    assertThat(first.content()).isEmpty();
    assertThat(ask(commit)).isEqualTo(first);
    assertThat(ask(new JournalCall.Read(new Fence(1, 10, 3), null)).content()).hasSize(2);
  }

  @Test
  void aCallThatWasGivenUpAndComesLateIsIgnored() {
    open(1, 10, 1);
    commit(1, 10, 3, take("5", "b"));
    assertThat(commit(1, 10, 2, free("5", "b")).status()).isEqualTo(Status.OVERTAKEN);
    assertThat(open(1, 10, 2).status()).isEqualTo(Status.OVERTAKEN);
    assertThat(commit(1, 10, 4, take("5", "c")).content()).singleElement().satisfies(held -> assertThat(held.value()).isEqualTo("b".getBytes()));
  }

  @Test
  void aTermBelongsToOneOwnerAndNeverFalls() {
    open(3, 10, 100);
    assertThat(open(3, 11, 1)).isEqualTo(JournalAnswer.refusal(Status.FENCED, 3));
    assertThat(open(2, 11, 1)).isEqualTo(JournalAnswer.refusal(Status.FENCED, 3));
    assertThat(open(4, 11, 1).status()).isEqualTo(Status.DONE);
    assertThat(commit(3, 10, 101, put("p"))).isEqualTo(JournalAnswer.refusal(Status.FENCED, 4));
    assertThat(commit(5, 11, 2, put("p")).status()).as("a term that nobody opened here").isEqualTo(Status.LOST);
  }

  @Test
  void theHeadKeepsPlaceWritesUntilTheyHaveArrived() {
    open(1, 10, 1);
    assertThat(commit(1, 10, 2, put("p")).number()).isEqualTo(1);
    assertThat(commit(1, 10, 3, take("0", "p")).number()).as("no places, no batch").isEqualTo(1);
    assertThat(commit(1, 10, 4, put("q")).number()).isEqualTo(2);
    JournalAnswer next = open(2, 11, 1);
    assertThat(next.content()).extracting(StoredWrite::kind).containsExactly(Kind.PUT_PLACE, Kind.PUT_PLACE, Kind.TAKE_SLOT);
    ask(new JournalCall.Commit(new Fence(2, 11, 2), 2, true, List.of()));
    assertThat(open(3, 10, 5).content()).extracting(StoredWrite::kind).containsExactly(Kind.TAKE_SLOT);
  }

  /** Done again in the order they come in, they bring about what is there. */
  @Test
  void whatIsStillToBeForgottenInThePartsTakesNoSlotWithIt() {
    open(1, 10, 1);
    StoredWrite record = new StoredWrite(Kind.PUT_QUEUE, null, new byte[] {9});
    ask(new JournalCall.Commit(new Fence(1, 10, 2), 0, true, List.of(StoredWrite.of(Kind.CLEAR), put("p"), take("5", "p"), record, StoredWrite.of(Kind.COMPLETE))));
    JournalEntry copy = new JournalEntry();
    copy.answer(new JournalCall.Open(new Fence(1, 11, 1)));
    copy.answer(new JournalCall.Commit(new Fence(1, 11, 2), 0, true, ask(new JournalCall.Read(new Fence(1, 10, 3), null)).content()));
    assertThat(JournalAnswer.decode(copy.answer(new JournalCall.Open(new Fence(2, 11, 3)))).content()).extracting(StoredWrite::kind)
        .containsExactly(Kind.CLEAR, Kind.PUT_PLACE, Kind.COMPLETE, Kind.PUT_QUEUE, Kind.TAKE_SLOT);
  }

  @Test
  void placesAreReadInSlices() {
    open(1, 10, 1);
    int count = 40;
    for (int i = 0; i < count; i++) {
      StoredWrite big = new StoredWrite(Kind.PUT_PLACE, "p" + i, new byte[JournalEntry.SLICE_BYTES / 10]);
      ask(new JournalCall.Commit(new Fence(1, 10, 2 + i), 0, false, List.of(big)));
    }
    List<String> seen = new ArrayList<>();
    JournalAnswer slice;
    String after = null;
    do {
      slice = ask(new JournalCall.Read(new Fence(1, 10, 100), after));
      assertThat(slice.content()).hasSizeLessThanOrEqualTo(11);
      slice.content().forEach(place -> seen.add(place.key()));
      after = seen.get(seen.size() - 1);
    } while (slice.flag());
    assertThat(seen).hasSize(count).doesNotHaveDuplicates();
  }

  @Property(tries = 300)
  void callsAndAnswersSurviveTheWire(@ForAll("writes") List<StoredWrite> writes, @ForAll long number) {
    JournalCall.Commit commit = new JournalCall.Commit(new Fence(number, number + 1, 3), 7, number % 2 == 0, writes);
    JournalCall.Commit read = (JournalCall.Commit) JournalCall.decode(JournalCall.encode(commit));
    assertThat(read).usingRecursiveComparison().isEqualTo(commit);
    JournalAnswer answer = new JournalAnswer(Status.DONE, number, true, writes);
    assertThat(JournalAnswer.decode(answer.encode())).usingRecursiveComparison().isEqualTo(answer);
  }

  /** A part against two maps; every call may come twice. */
  @Property(tries = 300)
  void aPartHoldsWhatWasWritten(@ForAll("writes") List<StoredWrite> first, @ForAll("writes") List<StoredWrite> second) {
    JournalEntry part = new JournalEntry();
    part.answer(new JournalCall.Open(new Fence(1, 1, 1)));
    Map<String, String> places = new HashMap<>();
    Map<String, String> slots = new HashMap<>();
    long number = 2;
    for (List<StoredWrite> writes : List.of(first, second)) {
      JournalCall.Commit commit = new JournalCall.Commit(new Fence(1, 1, number++), 0, false, writes);
      assertThat(part.answer(commit)).isEqualTo(part.answer(commit));
      writes.forEach(write -> model(write, places, slots));
    }
    Map<String, String> read = new HashMap<>();
    JournalAnswer.decode(part.answer(new JournalCall.Read(new Fence(1, 1, number), null))).content()
        .forEach(found -> read.put(found.kind() + found.key(), new String(found.value())));
    Map<String, String> expected = new HashMap<>();
    places.forEach((key, value) -> expected.put(Kind.PUT_PLACE + key, value));
    slots.forEach((key, value) -> expected.put(Kind.TAKE_SLOT + key, value));
    assertThat(read).isEqualTo(expected);
  }

  private static void model(StoredWrite write, Map<String, String> places, Map<String, String> slots) {
    switch (write.kind()) {
      case PUT_PLACE -> places.put(write.key(), new String(write.value()));
      case DROP_PLACE -> places.remove(write.key());
      case TAKE_SLOT -> slots.putIfAbsent(write.key(), new String(write.value()));
      default -> slots.remove(write.key(), new String(write.value()));
    }
  }

  @Provide
  Arbitrary<List<StoredWrite>> writes() {
    return Combinators.combine(Arbitraries.of(Kind.PUT_PLACE, Kind.DROP_PLACE, Kind.TAKE_SLOT, Kind.FREE_SLOT), Arbitraries.integers().between(0, 4),
        Arbitraries.of("a", "b", "c")).as((kind, key, value) ->
        new StoredWrite(kind, Integer.toString(key), kind == Kind.DROP_PLACE ? null : value.getBytes())).list().ofMaxSize(12);
  }

  private JournalAnswer open(long term, long owner, long number) {
    return ask(new JournalCall.Open(new Fence(term, owner, number)));
  }

  private JournalAnswer commit(long term, long owner, long number, StoredWrite write) {
    return ask(new JournalCall.Commit(new Fence(term, owner, number), 0, true, List.of(write)));
  }

  private JournalAnswer ask(JournalCall call) {
    return JournalAnswer.decode(head.answer(call));
  }

  private static StoredWrite take(String slot, String holder) {
    return new StoredWrite(Kind.TAKE_SLOT, slot, holder.getBytes());
  }

  private static StoredWrite free(String slot, String holder) {
    return new StoredWrite(Kind.FREE_SLOT, slot, holder.getBytes());
  }

  private static StoredWrite put(String place) {
    return new StoredWrite(Kind.PUT_PLACE, place, place.getBytes());
  }
}
