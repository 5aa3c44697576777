package io.vestibule.gateway.log.store;

import com.hazelcast.map.EntryProcessor;
import io.vestibule.cluster.Majority;
import io.vestibule.gateway.log.core.ShardLog;
import io.vestibule.gateway.log.store.Quorum.Standing;
import java.util.Map;

/**
 * Takes a call to the shard; one that only reads is not repeated on the backup. But where a majority is required, what is told has to wait for the backup too: of a member that is cut off and does not know it yet, it may
 * have been stored by nobody else.
 */
final class ShardProcessor extends GuardedProcessor<ShardEntry, ShardCall> {
  ShardProcessor() {
    super(ShardCall::decode);
  }

  ShardProcessor(ShardCall call, Majority majority) {
    super(ShardCall::decode, call, majority);
  }

  @Override
  protected byte[] process(Map.Entry<String, ShardEntry> entry, ShardCall call, Standing standing) {
    ShardEntry stored = entry.getValue();
    long lineage = call instanceof ShardCall.Add add ? add.lineage() : call instanceof ShardCall.Look look ? look.newLineage() : 0;
    boolean makes = stored == null && lineage != 0;
    if (standing.refuses(makes || call.changes())) {
      return ShardAnswer.MINORITY;
    }
    if (standing.refuses(true)) {
      return ShardAnswer.UNSETTLED;
    }
    if (makes || call.changes()) {
      repeat(call);
    } else if (isMajorityRequired()) {
      repeat(new ShardCall.Confirm());
    }
    if (call instanceof ShardCall.Drop) {
      entry.setValue(null);
      return new byte[0];
    }
    ShardEntry shard = stored == null ? new ShardEntry(new ShardLog(lineage)) : stored;
    byte[] answer = shard.answer(call);
    if (makes || call.changes() && stored != null) {
      entry.setValue(shard);
    }
    return answer;
  }

  @Override
  protected EntryProcessor<String, ShardEntry, byte[]> withoutRule(ShardCall call) {
    return new ShardProcessor(call, NO_RULE);
  }
}
