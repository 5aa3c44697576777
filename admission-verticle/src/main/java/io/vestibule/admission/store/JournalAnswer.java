package io.vestibule.admission.store;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;

/**
 * What an entry of the embedded journal answers.
 *
 * @param status how it went
 * @param number of {@link Status#FENCED} the term that is in force; otherwise the number of the last batch of place writes put aside
 * @param flag when opened: the journal is whole; when read: there is more
 * @param content what is there, or of a commit the slots that were refused with who holds them
 */
record JournalAnswer(Status status, long number, boolean flag, List<StoredWrite> content) {
  /** How a call went; the number on the wire is the ordinal. */
  enum Status {
    DONE, FENCED,
    /** Later calls of the same owner are done already. */
    OVERTAKEN,
    /** Nobody has opened what is written to or read: it was lost. */
    LOST
  }

  private static final Status[] STATUSES = Status.values();

  static JournalAnswer refusal(Status status, long term) {
    return new JournalAnswer(status, term, false, List.of());
  }

  byte[] encode() {
    Buffer buffer = Buffer.buffer();
    StoredWrite.writeAll(new WireWriter(buffer).putByte(status.ordinal()).putLong(number).putBoolean(flag), content);
    return buffer.getBytes();
  }

  static JournalAnswer decode(byte[] bytes) {
    WireReader in = new WireReader(0, Buffer.buffer(bytes));
    return new JournalAnswer(STATUSES[in.getByte()], in.getLong(), in.getBoolean(), StoredWrite.readAll(in));
  }
}
