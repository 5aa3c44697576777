package io.vestibule.admission.bus;

import io.vestibule.admission.core.QueueEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a queue was told last of the nodes around it, so that it is told again only what changed. */
final class Circumstances {
  private Set<String> alive;
  private int offered;
  private boolean strained;

  /** What the queue has to hear now. */
  List<QueueEvent> changed(Surroundings now) {
    List<QueueEvent> events = new ArrayList<>();
    Set<String> aliveNow = now.gateways().alive();
    if (!aliveNow.equals(alive)) {
      alive = aliveNow;
      now.loads().retain(aliveNow);
      events.add(new QueueEvent.Alive(aliveNow));
    }
    int offeredNow = now.loads().offered(now.monotonicMs());
    if (offeredNow != offered) {
      offered = offeredNow;
      events.add(new QueueEvent.Offered(offeredNow));
    }
    boolean strainedNow = now.loads().strained(now.monotonicMs());
    if (strainedNow != strained) {
      strained = strainedNow;
      events.add(new QueueEvent.Strain(strainedNow));
    }
    return events;
  }
}
