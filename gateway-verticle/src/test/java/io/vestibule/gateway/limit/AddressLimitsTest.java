package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.limit.AddressLimits.Attempt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AddressLimitsTest {
  private static final long SECOND = 1_000_000;

  @Property(tries = 200)
  void eachAddressHasABucketOfItsOwnThatForgettingDoesNotChange(@ForAll @IntRange(min = 1, max = 30) int perMinute,
      @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 40) Integer> steps) {
    AddressLimits limits = new AddressLimits(perMinute, 0);
    Gcra gcra = Gcra.perMinute(perMinute);
    Map<String, Long> model = new HashMap<>();
    long now = 0;
    for (int step : steps) {
      now += step * SECOND / 4;
      String address = "a" + step % 5;
      long tat = model.getOrDefault(address, 0L);
      boolean permitted = gcra.waitUs(tat, now) == 0;
      assertThat(limits.look(address, now).permitted()).isEqualTo(permitted);
      Attempt attempt = limits.attempt(address, now);
      assertThat(attempt.permitted()).isEqualTo(permitted);
      tat = permitted ? gcra.take(tat, now) : tat;
      model.put(address, tat);
      assertThat(attempt.state().remaining()).isEqualTo(gcra.remaining(tat, now));
    }
    assertThat(limits.addresses()).isLessThanOrEqualTo(5);
  }

  @Example
  void whoeverIsRefusedIsToldWhen() {
    AddressLimits limits = new AddressLimits(60, 0);
    for (int i = 0; i < 60; i++) {
      assertThat(limits.attempt("a", 0).permitted()).isTrue();
    }
    Attempt refused = limits.attempt("a", 0);
    assertThat(refused.waitMs()).isEqualTo(1_000);
    assertThat(refused.state()).isEqualTo(new LimitState("ip-joins", 60, 0, 60_000, 60_000, 1_000));
    assertThat(limits.attempt("a", SECOND).permitted()).isTrue();
    assertThat(limits.attempt("b", 0).permitted()).as("another address").isTrue();
  }

  @Example
  void offencesUseUpTheQuotaAndNoMoreThanThat() {
    AddressLimits limits = new AddressLimits(3, 0);
    for (int i = 0; i < 100; i++) {
      limits.offence("a", 0);
    }
    assertThat(limits.look("a", 0).waitMs()).isEqualTo(20_000);
    assertThat(limits.look("a", 20 * SECOND).permitted()).isTrue();
  }

  @Example
  void lookingCountsNothing() {
    AddressLimits limits = new AddressLimits(1, 0);
    assertThat(limits.look("a", 0).permitted()).isTrue();
    assertThat(limits.look("a", 0).permitted()).isTrue();
    assertThat(limits.addresses()).isZero();
  }

  @Example
  void theTableForgetsAndIsBounded() {
    AddressLimits limits = new AddressLimits(600, 0);
    for (int i = 0; i < AddressLimits.MOST + 1_000; i++) {
      assertThat(limits.attempt("a" + i, 0).permitted()).isTrue();
    }
    assertThat(limits.addresses()).isEqualTo(AddressLimits.MOST);
    assertThat(limits.attempt("new", 2 * SECOND).permitted()).isTrue();
    assertThat(limits.addresses()).isEqualTo(1);
  }

  @Example
  void zeroIsNoLimit() {
    AddressLimits limits = new AddressLimits(0, 0);
    limits.offence("a", 0);
    assertThat(limits.attempt("a", 0)).isEqualTo(new Attempt(0, null));
    assertThat(limits.look("a", 0).permitted()).isTrue();
  }

  @Example
  void threadsNeverGetMoreThanThereIs() throws Exception {
    AddressLimits limits = new AddressLimits(500, 0);
    AtomicInteger permitted = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      for (var done : pool.invokeAll(IntStream.range(0, 4).mapToObj(thread -> Executors.callable(() -> {
        for (int i = 0; i < 1_000; i++) {
          if (limits.attempt("a", 0).permitted()) {
            permitted.incrementAndGet();
          }
        }
      })).toList())) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(permitted).hasValue(500);
  }
}
