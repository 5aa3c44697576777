package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.error.ErrorReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionCountsTest {

  @Test
  void anAddressHasSoMany() {
    ConnectionCounts counts = new ConnectionCounts(10, 2);
    assertThat(counts.acquire("a")).isEmpty();
    assertThat(counts.acquire("a")).isEmpty();
    assertThat(counts.acquire("a")).contains(ErrorReason.TOO_MANY_CONNECTIONS);
    assertThat(counts.acquire("b")).isEmpty();
    counts.release("a");
    assertThat(counts.acquire("a")).isEmpty();
    assertThat(counts.all()).isEqualTo(3);
  }

  @Test
  void aNodeHasSoMany() {
    ConnectionCounts counts = new ConnectionCounts(2, 0);
    assertThat(counts.acquire("a")).isEmpty();
    assertThat(counts.acquire("b")).isEmpty();
    assertThat(counts.acquire("c")).contains(ErrorReason.NODE_FULL);
    assertThat(counts.addresses()).isEqualTo(2);
  }

  @Test
  void zeroIsNoLimit() {
    ConnectionCounts counts = new ConnectionCounts(0, 0);
    for (int i = 0; i < 10_000; i++) {
      assertThat(counts.acquire("a")).isEmpty();
    }
  }

  @Test
  void threadsNeverPassTheLimitsAndForgetNothing() throws Exception {
    int threads = 8;
    ConnectionCounts counts = new ConnectionCounts(12, 3);
    AtomicInteger[] held = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
    AtomicInteger all = new AtomicInteger();
    Callable<Void> client = () -> {
      List<Integer> mine = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        int address = ThreadLocalRandom.current().nextInt(held.length);
        if (mine.size() < 3 && counts.acquire("address" + address).isEmpty()) {
          assertThat(held[address].incrementAndGet()).isLessThanOrEqualTo(3);
          assertThat(all.incrementAndGet()).isLessThanOrEqualTo(12);
          mine.add(address);
        } else if (!mine.isEmpty()) {
          release(counts, held, all, mine.remove(0));
        }
      }
      mine.forEach(address -> release(counts, held, all, address));
      return null;
    };
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> clients = java.util.Collections.nCopies(threads, client);
      for (Future<Void> done : pool.invokeAll(clients)) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(counts.all()).isZero();
    assertThat(counts.addresses()).isZero();
  }

  private static void release(ConnectionCounts counts, AtomicInteger[] held, AtomicInteger all, int address) {
    // Before the count: another may take the place at once.
    held[address].decrementAndGet();
    all.decrementAndGet();
    counts.release("address" + address);
  }
}
