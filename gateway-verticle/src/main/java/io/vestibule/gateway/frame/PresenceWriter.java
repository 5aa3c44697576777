package io.vestibule.gateway.frame;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound.Named;
import java.util.List;

/** Writes who is in a topic. */
final class PresenceWriter {
  private final JsonBytes out;
  private final Timestamps timestamps;

  PresenceWriter(JsonBytes out, Timestamps timestamps) {
    this.out = out;
    this.timestamps = timestamps;
  }

  void state(ServerFrame.PresenceState f) {
    out.plain("type", "presence_state").raw("id", f.id());
    head(f);
    out.field("count", f.count());
    members("members", f.members());
    if (f.sampled()) {
      out.field("sampled", true);
    }
  }

  void diff(ServerFrame.PresenceDiff f) {
    out.plain("type", "presence_diff");
    head(f);
    out.field("count", f.count());
    if (!f.sampled()) {
      members("joins", f.joins());
      members("leaves", f.leaves());
      members("updates", f.updates());
    }
  }

  private void head(ServerFrame.PresenceTelling f) {
    out.plain("topic", f.topic());
    if (f.rev() > 0) {
      out.field("rev", f.rev());
    }
  }

  private void members(String key, List<Named> members) {
    out.openList(key);
    for (Named named : members) {
      Member member = named.member();
      out.open().field("userId", named.user()).field("connections", member.connections()).field("status", member.status().status())
          .raw("data", member.status().data()).raw("info", member.info()).plain("since", timestamps.of(member.sinceMs())).close();
    }
    out.closeList();
  }
}
