package io.vestibule.admission.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import io.vestibule.admission.core.QueueEffect.ForgetQueue;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.SetSeats;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.admission.core.SeatLedger.Taken;
import io.vestibule.admission.store.JournalAnswer.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeatEntryTest {
  private SeatEntry entry = new SeatEntry();
  private long numbers;

  private SeatResponse open(String queue, long term) {
    return ask(new SeatRequest(queue, new Fence(term, 1, ++numbers), true, List.of()));
  }

  private SeatResponse apply(String queue, long term, SeatCall... calls) {
    return ask(new SeatRequest(queue, new Fence(term, 1, ++numbers), false, List.of(calls)));
  }

  /** As it goes through the grid. */
  private SeatResponse ask(SeatRequest request) {
    return SeatResponse.decode(entry.answer(SeatRequest.decode(request.encode())).encode());
  }

  @Test
  void theSumOfAllQueuesIsLimited() {
    open("a", 1);
    open("b", 7);
    assertThat(apply("a", 1, new TakeSeat("u", 2, 3)).taken()).containsExactly(new Taken(true, List.of()));
    assertThat(apply("b", 7, new TakeSeat("u", 1, 3), new TakeSeat("u", 2, 3), new TakeSeat("v", 3, 3), new TakeSeat("u", 9, 0)).taken())
        .containsExactly(new Taken(true, List.of()), new Taken(false, List.of("a")), new Taken(true, List.of()), new Taken(true, List.of()));
    apply("b", 7, new SetSeats("u", 0));
    assertThat(apply("a", 1, new TakeSeat("u", 3, 3)).taken()).containsExactly(new Taken(true, List.of()));
    assertThat(open("a", 2).counts()).isEqualTo(Map.of("u", 3));
  }

  @Test
  void aQueueThatIsForgottenCountsNoMoreUntilItBeginsAnew() {
    open("a", 1);
    open("b", 7);
    apply("b", 7, new SetSeats("u", 3), new SetSeats("v", 1));
    assertThat(apply("a", 1, new TakeSeat("u", 1, 3), new ForgetQueue("u", "b"), new TakeSeat("u", 1, 3)).taken())
        .containsExactly(new Taken(false, List.of("b")), new Taken(true, List.of()));
    assertThat(apply("b", 7, new SetSeats("u", 2)).status()).as("who leads it after all has to compare").isEqualTo(Status.LOST);
    assertThat(open("b", 7).counts()).isEmpty();
  }

  @Test
  void onlyTheNewestCoordinatorOfAQueueSpeaksForItAndInOrder() {
    assertThat(apply("a", 1).status()).as("nobody has opened it").isEqualTo(Status.LOST);
    open("a", 2);
    open("b", 9);
    assertThat(apply("a", 1, new SetSeats("u", 1)).status()).isEqualTo(Status.FENCED);
    assertThat(open("a", 1).term()).isEqualTo(2);
    assertThat(ask(new SeatRequest("a", new Fence(2, 2, 1_000), true, List.of())).status()).as("another owner of the same term").isEqualTo(Status.FENCED);
    assertThat(apply("a", 3, new SetSeats("u", 1)).status()).as("higher, and has not looked what is there").isEqualTo(Status.LOST);
    SeatRequest late = new SeatRequest("a", new Fence(2, 1, ++numbers), false, List.of(new SetSeats("u", 3)));
    assertThat(apply("a", 2, new SetSeats("u", 1)).status()).isEqualTo(Status.DONE);
    assertThat(ask(late).status()).isEqualTo(Status.OVERTAKEN);
    assertThat(open("a", 2).counts()).isEqualTo(Map.of("u", 1));
    assertThat(entry.term()).isEqualTo(9);
  }

  @Test
  void itMovesBetweenNodesAsItIs() {
    open("a", 1);
    open("b", 2);
    apply("a", 1, new SetSeats("u", 2), new SetSeats("v", 1));
    apply("b", 2, new SetSeats("u", 1));
    InternalSerializationService serialization = new DefaultSerializationServiceBuilder().build();
    entry = serialization.toObject(serialization.toData(entry));
    assertThat(open("a", 1).counts()).isEqualTo(Map.of("u", 2, "v", 1));
    assertThat(apply("b", 2, new TakeSeat("u", 2, 3)).taken()).containsExactly(new Taken(false, List.of("a")));
    serialization.dispose();
  }
}
