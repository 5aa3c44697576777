package io.vestibule.gateway.members.store;

import com.hazelcast.map.EntryProcessor;
import io.vestibule.cluster.Majority;
import io.vestibule.gateway.log.store.GuardedProcessor;
import io.vestibule.gateway.log.store.Quorum.Standing;
import java.util.Map;

/** Takes a call to the shard; one that only reads is not repeated on the backup. */
final class MembersProcessor extends GuardedProcessor<MembersEntry, MembersCall> {
  MembersProcessor() {
    super(MembersCall::decode);
  }

  MembersProcessor(MembersCall call, Majority majority) {
    super(MembersCall::decode, call, majority);
  }

  @Override
  protected byte[] process(Map.Entry<String, MembersEntry> entry, MembersCall call, Standing standing) {
    if (standing.refuses(call.changes())) {
      return MembersAnswer.MINORITY;
    }
    MembersEntry stored = entry.getValue();
    MembersEntry shard = stored == null ? new MembersEntry() : stored;
    byte[] answer = shard.answer(call);
    if (call.changes()) {
      entry.setValue(shard);
      repeat(call);
    }
    return answer;
  }

  @Override
  protected EntryProcessor<String, MembersEntry, byte[]> withoutRule(MembersCall call) {
    return new MembersProcessor(call, NO_RULE);
  }
}
