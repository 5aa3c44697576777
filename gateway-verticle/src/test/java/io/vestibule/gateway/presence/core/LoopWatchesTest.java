package io.vestibule.gateway.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is heard besides; the rest is in {@link ViewsPropertyTest}. */
class LoopWatchesTest {
  private final List<String> heard = new ArrayList<>();
  private long ticket;
  private final LoopWatches<String, String> watches = new LoopWatches<>(new LoopWatches.Desk() {
    @Override
    public void watch(String topic, long of) {
      ticket = of;
    }

    @Override
    public void tellAgain(String topic, long of) {}

    @Override
    public void unwatch(String topic, long of) {}
  }, new LoopWatches.Outlet<>() {
    @Override
    public boolean offer(String watcher, String topic, String frame) {
      return true;
    }

    @Override
    public void hint(String watcher, String frame) {
      heard.add(watcher + " " + frame);
      watches.unwatch(watcher, "t");
    }

    @Override
    public boolean hasRoom(String watcher) {
      return true;
    }
  });

  @Test
  void whoKnowsHowItIsHearsWhatIsSaidBesides() {
    watches.watch("ann", "t");
    assertThat(watches.hint("t", () -> "too early", watcher -> true)).isEmpty();
    watches.watch("ben", "t");
    watches.state("t", ticket, 1, "state");
    watches.watch("late", "t");
    assertThat(watches.hint("t", () -> "x", watcher -> !watcher.equals("ben"))).contains("x");
    assertThat(heard).as("ben is not meant, and the third knows nothing yet").containsExactly("ann x");
    assertThat(watches.hint("t", () -> "y", watcher -> watcher.equals("ann"))).as("who is gone by what he heard").isEmpty();
    assertThat(watches.hint("other", () -> "z", watcher -> true)).isEmpty();
  }
}
