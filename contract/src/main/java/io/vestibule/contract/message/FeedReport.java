package io.vestibule.contract.message;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;
import java.util.Optional;

/** How the feeds of a gateway node are. */
public record FeedReport(List<Figures> feeds) {
  public static final RecordCodec<FeedReport> CODEC = RecordCodec.of("vestibule.feed.report.v1",
      (out, m) -> out.putList(m.feeds, (to, f) -> to.putString(f.feed).putInt(f.active).putLong(f.opened).putLong(f.delivered)),
      in -> new FeedReport(in.getList(from -> new Figures(from.getString(), from.getInt(), from.getLong(), from.getLong()))));

  /**
   * One feed.
   *
   * @param active sockets that are open
   * @param opened sockets since the node began
   * @param delivered messages that were given to them since then
   */
  public record Figures(String feed, int active, long opened, long delivered) {}

  public FeedReport {
    feeds = List.copyOf(feeds);
  }

  /** A feed's figures, where the node has it. */
  public Optional<Figures> of(String feed) {
    return feeds.stream().filter(figures -> figures.feed.equals(feed)).findFirst();
  }
}
