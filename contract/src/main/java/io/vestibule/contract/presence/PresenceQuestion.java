package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;
import java.util.Objects;

/** Who is in some topics now, asked of a node that owns their shards. */
public record PresenceQuestion(List<Ask> asks) {
  /** Topics in a question, at most; also users of one topic in an answer. */
  public static final int MOST = 1_000;

  /** The limits of all topics of a question, added up, at most. */
  public static final int MOST_NAMED = 10_000;

  public static final RecordCodec<PresenceQuestion> CODEC = RecordCodec.of("vestibule.presence.question.v1",
      (out, m) -> out.putList(m.asks, (o, ask) -> o.putString(ask.topic).putString(ask.after).putInt(ask.limit)),
      in -> new PresenceQuestion(in.getList(i -> new Ask(i.getString(), i.getString(), i.getInt()))));

  /**
   * One topic.
   *
   * @param after the user behind whom the page begins, users being in the order of their ids; null for the first page
   * @param limit users to name, at most {@link #MOST}; 0 to be told how many there are and nothing else
   */
  public record Ask(String topic, String after, int limit) {
    public Ask {
      Objects.requireNonNull(topic);
    }
  }

  public PresenceQuestion {
    asks = List.copyOf(asks);
  }
}
