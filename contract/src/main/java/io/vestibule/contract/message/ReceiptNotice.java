package io.vestibule.contract.message;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;
import java.util.Objects;

/**
 * How far some members of a topic are now. It may be lost, and what comes later says more.
 *
 * @param topic a literal topic
 * @param receipts of each member once
 */
public record ReceiptNotice(String topic, List<Receipt> receipts) {
  public static final RecordCodec<ReceiptNotice> CODEC = RecordCodec.of("vestibule.receipts.v1",
      (out, m) -> out.putString(m.topic).putList(m.receipts, (to, one) -> to.putString(one.userId).putLong(one.deliveredEpoch).putLong(one.deliveredOffset).putLong(one.readEpoch)
          .putLong(one.readOffset)),
      in -> new ReceiptNotice(in.getString(), in.getList(from -> new Receipt(from.getString(), from.getLong(), from.getLong(), from.getLong(), from.getLong()))));

  public ReceiptNotice {
    Objects.requireNonNull(topic);
    receipts = List.copyOf(receipts);
  }

  /**
   * How far one member is.
   *
   * @param deliveredEpoch 0 where nothing is told of what was delivered
   * @param readEpoch 0 where nothing is told of what was read
   */
  public record Receipt(String userId, long deliveredEpoch, long deliveredOffset, long readEpoch, long readOffset) {
    public Receipt {
      Objects.requireNonNull(userId);
    }
  }
}
