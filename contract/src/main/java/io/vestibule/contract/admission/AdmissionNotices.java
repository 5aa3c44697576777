package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;

/**
 * Notices of one coordinator for the connections of one gateway node, in their order. Answered when the event loops have taken them.
 *
 * @param coordinator the node id of the coordinator
 * @param term its term for the queues that are spoken of; a gateway that has heard a higher one of a queue's shard ignores the message
 * @param shard the shard of those queues
 */
public record AdmissionNotices(String coordinator, int shard, long term, List<AdmissionNotice> notices) {
  public static final RecordCodec<AdmissionNotices> CODEC = RecordCodec.of("vestibule.admission.notices.v3",
      (out, m) -> out.putString(m.coordinator).putInt(m.shard).putLong(m.term).putList(m.notices, AdmissionNotice::write),
      in -> new AdmissionNotices(in.getString(), in.getInt(), in.getLong(), in.getList(AdmissionNotice::read)));

  public AdmissionNotices {
    notices = List.copyOf(notices);
  }
}
