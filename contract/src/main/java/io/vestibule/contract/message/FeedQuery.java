package io.vestibule.contract.message;

import io.vestibule.contract.bus.RecordCodec;

/** Asks a gateway node how its feeds are. */
public record FeedQuery() {
  public static final RecordCodec<FeedQuery> CODEC = RecordCodec.of("vestibule.feed.query.v1", (out, m) -> out.putByte(0), in -> {
    in.getByte();
    return new FeedQuery();
  });
}
