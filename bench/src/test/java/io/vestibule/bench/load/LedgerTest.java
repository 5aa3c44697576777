package io.vestibule.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void inOrderNothingIsWrong() {
    Ledger ledger = new Ledger(2, 10);
    for (int i = 0; i < 10; i++) {
      assertThat(ledger.accept(i % 2, i / 2)).isTrue();
    }
    assertThat(ledger.lost(new int[] {5, 5})).isZero();
    assertThat(ledger.lost(new int[] {5, 7})).isEqualTo(2);
    assertThat(ledger.accepted()).isEqualTo(10);
    assertThat(ledger.duplicated() + ledger.reordered() + ledger.foreign()).isZero();
  }

  @Test
  void whatNobodySentIsForeign() {
    Ledger ledger = new Ledger(1, 10);
    assertThat(ledger.accept(1, 0)).isFalse();
    assertThat(ledger.accept(-1, 0)).isFalse();
    assertThat(ledger.accept(0, 10)).isFalse();
    assertThat(ledger.accept(0, -1)).isFalse();
    assertThat(ledger.foreign()).isEqualTo(4);
  }

  /** Against a model that remembers everything. */
  @Property
  void agreesWithAModel(@ForAll @Size(max = 60) List<@IntRange(max = 29) Integer> arrivals) {
    Ledger ledger = new Ledger(1, 30);
    Set<Integer> seen = new HashSet<>();
    int highest = -1;
    long duplicated = 0;
    long reordered = 0;
    for (int sequence : arrivals) {
      boolean fresh = seen.add(sequence);
      duplicated += fresh ? 0 : 1;
      reordered += fresh && sequence < highest ? 1 : 0;
      highest = Math.max(highest, sequence);
      assertThat(ledger.accept(0, sequence)).isEqualTo(fresh);
    }
    assertThat(ledger.accepted()).isEqualTo(seen.size());
    assertThat(ledger.lost(new int[] {30})).isEqualTo(30 - seen.size());
    assertThat(ledger.duplicated()).isEqualTo(duplicated);
    assertThat(ledger.reordered()).isEqualTo(reordered);
  }
}
