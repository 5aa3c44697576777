package io.vestibule.gateway.log.store;

import com.hazelcast.map.EntryProcessor;
import io.vestibule.cluster.Majority;
import io.vestibule.gateway.log.core.StoreChoice;
import io.vestibule.gateway.log.store.Quorum.Standing;
import java.util.Map;

/**
 * Takes a call to the choice of a store, one after the other for the whole cluster; answers with the choice as it is then. A refusal is empty: who is cut off has a copy of the choice, and would believe that for
 * as long as it is.
 */
final class ChoiceProcessor extends GuardedProcessor<ChoiceEntry, ChoiceCall> {
  ChoiceProcessor() {
    super(ChoiceCall::decode);
  }

  ChoiceProcessor(ChoiceCall call, Majority majority) {
    super(ChoiceCall::decode, call, majority);
  }

  @Override
  protected byte[] process(Map.Entry<String, ChoiceEntry> entry, ChoiceCall call, Standing standing) {
    if (standing.refuses(true)) {
      return new byte[0];
    }
    StoreChoice before = entry.getValue() == null ? StoreChoice.FIRST : entry.getValue().choice();
    StoreChoice after = call.appliedTo(before);
    entry.setValue(new ChoiceEntry(after));
    repeat(call);
    return ChoiceCall.bytes(after);
  }

  @Override
  protected EntryProcessor<String, ChoiceEntry, byte[]> withoutRule(ChoiceCall call) {
    return new ChoiceProcessor(call, NO_RULE);
  }
}
