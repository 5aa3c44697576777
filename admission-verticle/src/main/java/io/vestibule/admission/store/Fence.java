package io.vestibule.admission.store;

import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;

/**
 * Who writes, and when. Two halves of a partition may give the same term twice; so a term belongs to one owner, and after they have met the other is refused. The number tells a
 * repetition of a call, which is answered as before, from one that was given up and comes when later ones are done: that one is ignored.
 *
 * @param term that of the coordinator
 * @param owner the store of the coordinator, by a random number
 * @param number rises with each call of an owner
 */
record Fence(long term, long owner, long number) {

  void write(WireWriter out) {
    out.putLong(term).putLong(owner).putLong(number);
  }

  static Fence read(WireReader in) {
    return new Fence(in.getLong(), in.getLong(), in.getLong());
  }
}
