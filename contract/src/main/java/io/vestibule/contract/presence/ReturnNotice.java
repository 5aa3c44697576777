package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;
import java.util.Objects;

/**
 * A user has come back to his session, and is in these topics again, where those who watch want to hear that.
 *
 * @param connectionId with which connection; it is not to hear of itself
 * @param topics literal ones
 */
public record ReturnNotice(String userId, String connectionId, List<String> topics) {
  public static final RecordCodec<ReturnNotice> CODEC = RecordCodec.of("vestibule.presence.returned.v1",
      (out, m) -> out.putString(m.userId).putString(m.connectionId).putList(m.topics, WireWriter::putString),
      in -> new ReturnNotice(in.getString(), in.getString(), in.getList(WireReader::getString)));

  public ReturnNotice {
    Objects.requireNonNull(userId);
    Objects.requireNonNull(connectionId);
    topics = List.copyOf(topics);
  }
}
