package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;

/**
 * A gateway's answer to {@link AdmissionNotices}.
 *
 * @param unknown connections that were spoken of and are not there (any more): nobody was promoted on them
 */
public record AdmissionSeen(List<String> unknown) {
  public static final RecordCodec<AdmissionSeen> CODEC = RecordCodec.of("vestibule.admission.seen.v1",
      (out, m) -> out.putStrings(m.unknown), in -> new AdmissionSeen(in.getStrings()));

  public AdmissionSeen {
    unknown = List.copyOf(unknown);
  }
}
