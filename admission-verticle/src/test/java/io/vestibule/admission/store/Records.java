package io.vestibule.admission.store;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.PlaceRecord.SessionRecord;
import io.vestibule.admission.core.PlaceRecord.Stage;
import io.vestibule.admission.core.SlotHolder;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import java.util.List;

/** Records to store. */
final class Records {
  private Records() {}

  static PlaceRecord waiting(String id) {
    return waiting(id, 1);
  }

  static PlaceRecord waiting(String id, long order) {
    return new PlaceRecord(id, "user of " + id, null, Stage.WAITING, 1_700_000_000_000L, order, 0, -1, List.of());
  }

  static PlaceRecord connected(String id, int slot) {
    SessionRecord session = new SessionRecord(0, 7, true, "attempt", new Holder("node", "connection"), "phone", 0, 0, 0, 1_700_000_000_200L, 3, "{\"rooms\":[\"a\"]}");
    SessionRecord gone = new SessionRecord(1, 2, false, "other", null, "", 1_700_000_300_000L, 2, 1_700_000_000_500L, 0, 0, null);
    return new PlaceRecord(id, "user of " + id, "vip", Stage.CONNECTED, 1_700_000_000_000L, 5, 1_700_000_060_000L, slot, List.of(session, gone));
  }

  static SlotHolder holder(String place) {
    return new SlotHolder(place, "user of " + place);
  }
}
