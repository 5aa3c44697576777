package io.vestibule.admission.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vestibule.admission.core.Experience;
import io.vestibule.admission.core.Experience.Rate;
import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.PlaceRecord.SessionRecord;
import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.core.SlotHolder;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RecordBytesTest {

  @Property(tries = 300)
  void aPlaceComesBackAsItWas(@ForAll("places") PlaceRecord place) {
    assertThat(RecordBytes.PLACE.decode(RecordBytes.PLACE.encode(place))).isEqualTo(place);
  }

  /** What stands in a store today must be readable by every later version. */
  @Test
  void theStoredFormStays() {
    assertGolden(RecordBytes.PLACE, Records.connected("p", 3), "06"
        + "0000000170" + "00000009" + "75736572206f662070" + "00000003766970" + "02" + "0000018bcfe56800" + "0000000000000005" + "0000018bcfe65260"
        + "00000003" + "00000002" + "00000002"
        + "00000000" + "0000000000000007" + "01" + "00000007617474656d7074" + "01" + "000000046e6f6465" + "0000000a636f6e6e656374696f6e"
        + "0000000570686f6e65" + "0000000000000000" + "00000000" + "0000000000000000" + "0000018bcfe568c8" + "0000000000000003" + "0000000f7b22726f6f6d73223a5b2261225d7d"
        + "00000001" + "0000000000000002" + "00" + "000000056f74686572" + "00" + "00000000" + "0000018bcfe9fbe0" + "00000002" + "0000018bcfe569f4"
        + "0000000000000000" + "0000000000000000" + "ffffffff");
    assertGolden(RecordBytes.QUEUE, new QueueRecord(-1, 7, true), "06" + "ffffffff" + "00000007" + "01" + "00");
    Experience learnt = new Experience(0x18bcfe56800L, new Rate(3, 1500), List.of(new Rate(0, 2), new Rate(1, 4)), Map.of(60_000L, new Rate(0.5, 1), 20_000L, new Rate(2, 1)), 1.5);
    assertGolden(RecordBytes.QUEUE, new QueueRecord(5, 7, false, learnt), "06" + "00000005" + "00000007" + "00" + "01" + "0000018bcfe56800"
        + "4008000000000000" + "4097700000000000"
        + "00000002" + "0000000000000000" + "4000000000000000" + "3ff0000000000000" + "4010000000000000"
        + "00000002" + "0000000000004e20" + "4000000000000000" + "3ff0000000000000" + "000000000000ea60" + "3fe0000000000000" + "3ff0000000000000" + "3ff8000000000000");
    assertGolden(RecordBytes.SLOT, new SlotHolder("p", "u"), "03" + "0000000170" + "0000000175");
  }

  @Test
  void whatWasStoredFirstIsReadStill() {
    PlaceRecord place = RecordBytes.PLACE.decode(HexFormat.of().parseHex("01" + "0000000170" + "0000000175" + "ffffffff" + "02" + "0000018bcfe56800"
        + "0000000000000005" + "0000018bcfe65260" + "00000003" + "00000001"
        + "00000000" + "0000000000000007" + "01" + "0000000161" + "00" + "0000000570686f6e65" + "0000000000000000" + "00000000" + "0000000000000000" + "0000000000000003"
        + "000000027b7d"));
    assertThat(place.sessions()).containsExactly(new SessionRecord(0, 7, true, "a", null, "phone", 0, 0, 0, 0, 3, "{}"));
    PlaceRecord later = RecordBytes.PLACE.decode(HexFormat.of().parseHex("04" + "0000000170" + "0000000175" + "ffffffff" + "02" + "0000018bcfe56800"
        + "0000000000000005" + "0000018bcfe65260" + "00000003" + "00000001"
        + "00000004" + "0000000000000007" + "01" + "0000000161" + "00" + "0000000570686f6e65" + "0000000000000000" + "00000000" + "0000000000000000" + "0000000000000009"
        + "0000000000000003" + "000000027b7d"));
    assertThat(later.sessions()).containsExactly(new SessionRecord(4, 7, true, "a", null, "phone", 0, 0, 0, 9, 3, "{}"));
    assertThat(later.nextNumber()).isEqualTo(5);
    assertThat(RecordBytes.QUEUE.decode(HexFormat.of().parseHex("02" + "ffffffff" + "00000007" + "01"))).isEqualTo(new QueueRecord(-1, 7, true));
    assertThat(RecordBytes.QUEUE.decode(HexFormat.of().parseHex("05" + "00000005" + "00000007" + "00" + "01" + "0000018bcfe56800" + "4008000000000000" + "4097700000000000"
        + "00000000" + "00000000"))).isEqualTo(new QueueRecord(5, 7, false, new Experience(0x18bcfe56800L, new Rate(3, 1500), List.of(), Map.of(), Experience.NORMAL_WIDTH)));
  }

  @Test
  void aRecordOfAQueueIsSmallHoweverMuchWasLearnt() {
    Rate rate = new Rate(Math.PI, Math.E);
    Map<Long, Rate> credits = LongStream.range(0, 64).boxed().collect(Collectors.toMap(Function.identity(), credit -> rate));
    Experience most = new Experience(Long.MAX_VALUE, rate, Collections.nCopies(40, rate), credits, 1.5);
    QueueRecord record = new QueueRecord(1, 2, false, most);
    assertThat(RecordBytes.QUEUE.encode(record)).hasSizeLessThan(3_000);
    assertThat(RecordBytes.QUEUE.decode(RecordBytes.QUEUE.encode(record))).isEqualTo(record);
    assertThatThrownBy(() -> new Experience(0, rate, Collections.nCopies(41, rate), Map.of(), 1.5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Experience(0, rate, List.of(), Map.of(), Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Rate(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Rate(1, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static <T> void assertGolden(RecordBytes<T> layout, T value, String hex) {
    assertThat(HexFormat.of().formatHex(layout.encode(value))).isEqualTo(hex);
    assertThat(layout.decode(HexFormat.of().parseHex(hex))).isEqualTo(value);
  }

  @Test
  void whatEndsTooEarlyOrTooLateIsRefused() {
    byte[] good = RecordBytes.PLACE.encode(Records.connected("p", 3));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> RecordBytes.PLACE.decode(cut)).isInstanceOf(UnreadableRecordException.class);
    }
    assertThatThrownBy(() -> RecordBytes.PLACE.decode(Arrays.copyOf(good, good.length + 1))).isInstanceOf(UnreadableRecordException.class)
        .hasMessageContaining("bytes after its end");
  }

  @Test
  void anotherLayoutIsRefused() {
    byte[] later = RecordBytes.QUEUE.encode(QueueRecord.INITIAL);
    later[0] = 99;
    assertThatThrownBy(() -> RecordBytes.QUEUE.decode(later)).isInstanceOf(UnreadableRecordException.class).hasMessageContaining("layout 99");
    assertThatThrownBy(() -> RecordBytes.SLOT.decode(RecordBytes.QUEUE.encode(QueueRecord.INITIAL))).isInstanceOf(UnreadableRecordException.class);
  }

  @Property(tries = 500)
  void anyBytesAreARecordOrRefused(@ForAll byte[] bytes, @ForAll("layouts") RecordBytes<?> layout) {
    if (bytes.length > 0) {
      bytes[0] = (byte) (1 + Math.floorMod(bytes[0], 4));
    }
    try {
      assertThat(layout.decode(bytes)).isNotNull();
    } catch (UnreadableRecordException refused) {
      assertThat(refused).hasMessageContaining("cannot be read");
    }
  }

  @Provide
  Arbitrary<RecordBytes<?>> layouts() {
    return Arbitraries.of(RecordBytes.PLACE, RecordBytes.QUEUE, RecordBytes.SLOT);
  }

  @Provide
  Arbitrary<PlaceRecord> places() {
    // A lone surrogate has no UTF-8; JSON and JWT cannot carry one either.
    Arbitrary<String> text = Arbitraries.strings().withCharRange(' ', '\ud7ff').ofMaxLength(20);
    Arbitrary<SessionRecord> session = Combinators.combine(Arbitraries.integers(), Arbitraries.longs(), Arbitraries.of(true, false), text,
        Combinators.combine(text, text.injectNull(0.3)).as(Holder::new).injectNull(0.3), text, Arbitraries.longs(), text.injectNull(0.3))
        .as((number, generation, confirmed, attempt, holder, device, until, state) ->
            new SessionRecord(number, generation, confirmed, attempt, holder, device, until, number, until, until, generation, state));
    return Combinators.combine(text, text, text.injectNull(0.3), Arbitraries.of(Stage.values()), Arbitraries.longs(), Arbitraries.longs(),
        Arbitraries.integers(), session.list().ofMaxSize(4))
        .as((id, user, userClass, stage, joined, order, slot, sessions) -> new PlaceRecord(id, user, userClass, stage, joined, order, joined, slot, slot + 7, sessions));
  }
}
